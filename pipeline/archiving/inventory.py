"""What was found and what became of it: the account that every build opens with.

Here belongs the going from paths to one row a file and one row a document, each with its status: loaded, quarantined
or a duplicate. However many documents there are, a slice of them is in memory: the account lies in the archive.
Reading documents is `extract`'s, filling tables `build`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from pipeline.archiving import listings, versions
from pipeline.archiving.archive import Archive
from pipeline.archiving.code_version import code_version
from pipeline.archiving.documents import Found, find
from pipeline.archiving.extract import extract
from pipeline.archiving.hashes import Hashed, hash_files
from pipeline.archiving.listings import LISTING
from pipeline.settings import Settings


class Inventory(NamedTuple):
    """What was found and what became of it."""

    files: pl.DataFrame
    """Rows of `files` without the counts of what became of their documents."""
    documents: pl.LazyFrame
    """Rows of `documents`, with `rule`, `file_uri`, `extracted_id`, `part` and `lossy`; they lie on disk."""
    gone: pl.DataFrame
    """What was read before and is no longer there, one row a content: see `versions.GONE`."""
    problems: Sequence[tuple[str, str, str]]
    """What could not be looked into at all: uri, rule, reason."""
    is_sample: bool
    """Whether only the sample that comes with the project was found."""

    @property
    def digest(self) -> str:
        """What decides the content of the warehouse: two inventories with one digest give the same tables."""
        told = self.documents.select("uri", "content_id", "key", "status", "problem")
        before = self.gone.select("key", "code").sort("key")
        digest = hashlib.sha256(repr((*self.problems, self.is_sample)).encode("utf-8", "surrogatepass"))
        # CSV tells NULL from an empty text and where each value ends, ten times as fast as Python's own words.
        digest.update(b"\0" + before.write_csv().encode())
        for rows in told.collect_batches(maintain_order=True):
            digest.update(rows.write_csv(include_header=False).encode())
        return digest.hexdigest()

    def counts(self) -> dict[str, int]:
        """Return how many documents there are of each status."""
        return dict(self.documents.group_by("status").len().collect().iter_rows())

    def refused(self) -> list[tuple[str, str, str]]:
        """Return what stands in quarantine whole: uri, rule, reason."""
        refused = self.documents.filter(pl.col("status") == "QUARANTINED").select("uri", "rule", "problem")
        return [*self.problems, *refused.collect().iter_rows()]

    def placed(self, archive: Archive) -> Inventory:
        """Return it with the parts that have the rows now: another build may have written parts again meanwhile.

        Raises:
            NoInventoryError: where the other build dropped rows that this one needs.
        """
        parts = self.documents.select(pl.col("part").drop_nulls().unique()).collect()["part"]
        if all((archive.folder / "parts" / part).is_dir() for part in parts):
            return self
        now = archive.facts().select("key", "part").unique("key", keep="first", maintain_order=True)
        documents = self.documents.drop("part").join(now, on="key", how="left", maintain_order="left")
        lost = documents.filter(pl.col("part").is_null() & pl.col("extracted_id").is_not_null())
        if lost.select(pl.len()).collect().item():
            raise NoInventoryError("another build of other documents tidied the archive meanwhile: build again")
        return self._replace(documents=documents)

    @classmethod
    def load(cls, folder: Path) -> Inventory:
        """Return what `take` kept.

        Raises:
            NoInventoryError: where nothing was kept, or half of it.
        """
        try:
            told = json.loads((folder / "rest.json").read_text(encoding="utf-8"))
            files, gone = (pl.read_parquet(folder / f"{name}.parquet") for name in ("files", "gone"))
            documents = _scan(folder)
            documents.collect_schema()
        except (OSError, ValueError, pl.exceptions.PolarsError) as error:
            raise NoInventoryError(
                f"no documents were read for this build ({error}): materialise `records` first"
            ) from error
        return cls(files, documents, gone, tuple(tuple(problem) for problem in told["problems"]), told["is_sample"])


class NoInventoryError(ValueError):
    """A build without the step before it."""


def take(paths: Iterable[Path], archive: Archive, settings: Settings, run: str, now: datetime) -> Inventory:
    """Find every document under `paths`, read what is new into the archive, and say what became of each.

    The account is kept there under `run`, for the step that builds: that can be tried again without finding everything
    again.

    Raises:
        NoFilesError: where the paths hold nothing.
    """
    found = find(paths, settings.raw)
    with hash_files(found.files, archive.root / "files.parquet") as hashing:
        extract(hashing, archive, settings)
        hashed = [one.result() for one in hashing]
    archive.keep_inventory(run, lambda folder: _save(folder, found, hashed, archive, settings, now))
    return Inventory.load(archive.inventory(run))


def _save(
    folder: Path, found: Found, hashed: Sequence[Hashed], archive: Archive, settings: Settings, now: datetime
) -> None:
    """Write into `folder` what became of all that was found."""
    files = pl.DataFrame(
        {
            "file": range(len(hashed)),
            "file_id": [one.file_id for one in hashed],
            "file_uri": [one.file.uri for one in hashed],
            "byte_size": [one.size for one in hashed],
        },
        schema={"file": pl.Int64, "file_id": pl.String, "file_uri": pl.String, "byte_size": pl.Int64},
    )
    unreadable = pl.DataFrame(
        [
            {"file": index, "member": "", "rule": "unreadable_file", "problem": one.problem}
            for index, one in enumerate(hashed)
            if one.problem
        ],
        schema=LISTING,
    )
    keys = [listings.key(one, settings) for one in hashed]
    facts = _Facts(archive)
    counted = _counted(archive, keys, files, facts)
    (folder / "documents").mkdir()
    single: list[pl.DataFrame] = []
    for number, listed in enumerate(chain([unreadable], listings.slices(archive, keys))):
        documents = _judged(_described(listed.drop("byte_size"), files, facts), counted)
        documents = documents.with_columns(ingested_at=pl.lit(now), code_version=pl.lit(code_version()))
        documents.write_parquet(folder / "documents" / f"{number:06}.parquet", compression="lz4", statistics=False)
        alone = documents.filter(pl.col("member") == "")
        single.append(alone.select("file", "media_type", "encoding", "encoding_rule"))
    described = files.join(pl.concat(single).unique("file"), on="file", how="left", maintain_order="left")
    described.drop("file").rename({"file_uri": "uri"}).write_parquet(folder / "files.parquet")
    versions.keep(archive, _scan(folder).select("key")).write_parquet(folder / "gone.parquet")
    told = {"problems": found.problems, "is_sample": found.is_sample}
    (folder / "rest.json").write_text(json.dumps(told), encoding="utf-8")


def _scan(folder: Path) -> pl.LazyFrame:
    return pl.scan_parquet(sorted((folder / "documents").glob("*.parquet")), glob=False)


class _Facts:
    """What the archive knows of contents, found without holding it all."""

    def __init__(self, archive: Archive) -> None:
        """Learn in which part each content is."""
        self._archive = archive
        self._places = archive.facts().select(pl.col("key").hash(), "part").collect()

    def of(self, keys: pl.Series) -> pl.DataFrame:
        """Return one row a content that is known, of those with these keys; with its `part`."""
        parts = self._places.filter(pl.col("key").is_in(keys.hash().implode()))["part"].unique()
        known = self._archive.facts(parts).join(keys.to_frame().lazy(), on="key", how="semi", maintain_order="left")
        return known.unique("key", keep="first", maintain_order=True).collect()


def _described(listed: pl.DataFrame, files: pl.DataFrame, facts: _Facts) -> pl.DataFrame:
    """Return listed documents with what is known of their file and of their content."""
    return (
        listed.join(files.drop("byte_size"), on="file", maintain_order="left")
        .join(facts.of(listed["key"]), on="key", how="left", maintain_order="left")
        .with_columns(
            uri=pl.when(pl.col("member") == "")
            .then("file_uri")
            .otherwise(pl.concat_str("file_uri", pl.lit("#"), "member"))
        )
    )


def _counted(archive: Archive, keys: Sequence[str | None], files: pl.DataFrame, facts: _Facts) -> pl.DataFrame:
    """Return which document counts of each content that several have, by `content_id`: its `counted_uri` and trial.

    The first one counts, by document_id and uri. One content under several addresses is one document all the same, and
    one with an address comes first: the address may be all that carries the trial's number.
    """

    def contents(*columns: str) -> Iterator[pl.DataFrame]:
        listed = listings.slices(archive, keys, ("content_id", "problem", *columns))
        return (
            one.filter(pl.col("problem").is_null()).with_columns(hash=pl.col("content_id").hash()) for one in listed
        )

    hashes = pl.concat([pl.Series("hash", dtype=pl.UInt64), *(one["hash"] for one in contents())])
    twice = hashes.filter(hashes.is_duplicated()).unique()
    several = [pl.DataFrame(schema=_COUNTED)]
    if len(twice):
        for one in contents("file", "member", "document_id", "key"):
            described = _described(one.filter(pl.col("hash").is_in(twice.implode())), files, facts)
            several.append(described.with_columns(addressless=pl.col("source_url").is_null()).select(*_COUNTED))
    return (
        pl.concat(several)
        .sort("addressless", "document_id", "uri")
        .unique("content_id", keep="first", maintain_order=True)
        .select("content_id", counted_uri="uri", counted="trial_id")
    )


_COUNTED: Final = {
    "content_id": pl.String,
    "document_id": pl.String,
    "uri": pl.String,
    "trial_id": pl.String,
    "addressless": pl.Boolean,
}


def _judged(documents: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Add the status to documents, with the rule and reason of those that are not loaded."""
    readable = pl.col("problem").is_null()
    refused = readable & pl.col("trial_id").is_null()
    duplicate = readable & (pl.col("uri") != pl.col("counted_uri")).fill_null(value=False)
    return (
        documents.join(counted, on="content_id", how="left", maintain_order="left")
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
        .drop("counted_uri", "counted")
    )
