"""What was found and what became of it: the account that every build opens with.

Here belongs the going from paths to one row a file and one row a document, each with its status: loaded, quarantined
or a duplicate. Reading documents is `extract`'s, filling tables `build`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline.archiving import versions
from pipeline.archiving.archive import Archive
from pipeline.archiving.code_version import code_version
from pipeline.archiving.documents import find
from pipeline.archiving.extract import FACTS, extract
from pipeline.archiving.hashes import hash_files
from pipeline.settings import Settings


class Inventory(NamedTuple):
    """What was found and what became of it."""

    files: pl.DataFrame
    """Rows of `files` without the counts of what became of their documents."""
    documents: pl.DataFrame
    """Rows of `documents`, with `rule`, `file_uri`, `extracted_id`, `part` and `lossy`."""
    gone: pl.DataFrame
    """What was read before and is no longer there, one row a content: see `versions.GONE`."""
    problems: Sequence[tuple[str, str, str]]
    """What could not be looked into at all: uri, rule, reason."""
    is_sample: bool
    """Whether only the sample that comes with the project was found."""

    @property
    def digest(self) -> str:
        """What decides the content of the warehouse: two inventories with one digest give the same tables."""
        told = self.documents.select("uri", "content_id", "key", "status", "problem").sort("uri")
        before = self.gone.select("key", "code").sort("key")
        rest = repr((*self.problems, self.is_sample)).encode("utf-8", "surrogatepass")
        # CSV tells NULL from an empty text and where each value ends, ten times as fast as Python's own words.
        written = (told.write_csv().encode(), before.write_csv().encode(), rest)
        return hashlib.sha256(b"\0".join(written)).hexdigest()

    def refused(self) -> list[tuple[str, str, str]]:
        """Return what stands in quarantine whole: uri, rule, reason."""
        refused = self.documents.filter(pl.col("status") == "QUARANTINED").select("uri", "rule", "problem")
        return [*self.problems, *refused.iter_rows()]

    def placed(self, archive: Archive) -> Inventory:
        """Return it with the parts that have the rows now: another build may have written parts again meanwhile.

        Raises:
            NoInventoryError: where the other build dropped rows that this one needs.
        """
        parts = self.documents["part"].drop_nulls().unique()
        if all((archive.folder / "parts" / part).is_dir() for part in parts):
            return self
        facts = archive.facts()
        now = pl.DataFrame(schema={"key": pl.String, "part": pl.String}) if facts is None else facts
        documents = self.documents.drop("part").join(
            now.select("key", "part"), on="key", how="left", maintain_order="left"
        )
        if documents.filter(pl.col("part").is_null() & pl.col("extracted_id").is_not_null()).height:
            raise NoInventoryError("another build of other documents tidied the archive meanwhile: build again")
        return self._replace(documents=documents.select(self.documents.columns))

    def save(self, folder: Path) -> None:
        """Keep it in `folder`, for the step that builds: a build can be retried without finding everything again."""
        folder.mkdir(parents=True, exist_ok=True)
        self.files.write_parquet(folder / "files.parquet")
        self.documents.write_parquet(folder / "documents.parquet")
        self.gone.write_parquet(folder / "gone.parquet")
        told = {"problems": self.problems, "is_sample": self.is_sample}
        (folder / "rest.json").write_text(json.dumps(told), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Inventory:
        """Return what `save` kept.

        Raises:
            NoInventoryError: where nothing was kept, or half of it.
        """
        try:
            told = json.loads((folder / "rest.json").read_text(encoding="utf-8"))
            files, documents, gone = (
                pl.read_parquet(folder / f"{name}.parquet") for name in ("files", "documents", "gone")
            )
        except (OSError, ValueError, pl.exceptions.PolarsError) as error:
            raise NoInventoryError(
                f"no documents were read for this build ({error}): materialise `records` first"
            ) from error
        return cls(files, documents, gone, tuple(tuple(problem) for problem in told["problems"]), told["is_sample"])


class NoInventoryError(ValueError):
    """A build without the step before it."""


def take(paths: Iterable[Path], archive: Archive, settings: Settings, run: str, now: datetime) -> Inventory:
    """Find every document under `paths`, read what is new into the archive, and say what became of each.

    Raises:
        NoFilesError: where the paths hold nothing.
    """
    found = find(paths, settings.raw)
    hashed = hash_files(found.files, archive.root / "files.parquet")
    listing = extract(hashed, archive, settings, run)
    files = pl.DataFrame(
        {
            "file": range(len(hashed)),
            "file_id": [one.file_id for one in hashed],
            "file_uri": [one.file.uri for one in hashed],
            "byte_size": [one.size for one in hashed],
        },
        schema={"file": pl.Int64, "file_id": pl.String, "file_uri": pl.String, "byte_size": pl.Int64},
    )
    facts = archive.facts()
    if facts is None:
        facts = pl.DataFrame(schema={**FACTS, "part": pl.String})
    documents = (
        listing.drop("byte_size")
        .join(files.drop("byte_size"), on="file", maintain_order="left")
        .join(facts, on="key", how="left", maintain_order="left")
        .with_columns(
            uri=pl.when(pl.col("member") == "")
            .then("file_uri")
            .otherwise(pl.concat_str("file_uri", pl.lit("#"), "member")),
            ingested_at=pl.lit(now),
            code_version=pl.lit(code_version()),
        )
    )
    documents = _judge(documents)
    single = documents.filter(pl.col("member") == "").select("file", "media_type", "encoding", "encoding_rule")
    described = files.join(single.unique("file"), on="file", how="left", maintain_order="left")
    gone = versions.keep(archive, facts, documents["key"])
    return Inventory(
        described.drop("file").rename({"file_uri": "uri"}), documents, gone, found.problems, found.is_sample
    )


def _judge(documents: pl.DataFrame) -> pl.DataFrame:
    """Add the status: the first document of a content, by document_id and uri, is the one that counts.

    One content under several addresses is one document all the same, and one with an address comes first: the address
    may be all that carries the trial's number.
    """
    readable = pl.col("problem").is_null()
    first = (
        documents.with_row_index()
        .filter(readable)
        .select("index", "content_id", "document_id", "uri", "trial_id", addressless=pl.col("source_url").is_null())
        .sort("addressless", "document_id", "uri")
        .unique("content_id", keep="first", maintain_order=True)
        .select("index", "content_id", counted="trial_id")
    )
    documents = documents.join(first.drop("index"), on="content_id", how="left", maintain_order="left")
    refused = readable & pl.col("trial_id").is_null()
    duplicate = readable & ~pl.col("index").is_in(first["index"].implode())
    return (
        documents.with_row_index()
        .with_columns(
            status=pl.when(~readable | refused)
            .then(pl.lit("QUARANTINED"))
            .when(duplicate)
            .then(pl.lit("DUPLICATE"))
            .otherwise(pl.lit("LOADED")),
            rule=pl.when(refused).then(pl.lit("trial_refused")).otherwise("rule"),
            problem=pl.when(refused)
            .then(pl.lit("its row of trials broke the contract: see what quarantine says of that row"))
            .when(duplicate)
            .then(pl.lit("the same content as another document: nothing to do"))
            .otherwise("problem"),
        )
        .with_columns(
            trial_id=pl.when(pl.col("status") == "LOADED")
            .then("trial_id")
            .when(pl.col("status") == "DUPLICATE")
            .then("counted")
        )
        .drop("index", "counted")
    )
