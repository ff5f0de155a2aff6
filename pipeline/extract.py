"""Documents to checked rows, batch by batch, in as many processes as there are cores.

Here belongs the going through files: what is known already is not read again, what is new is read in batches whose
rows go to the archive, and every document found gets its line in its file's list. How one document is read is
`read`'s business; where rows lie is `archive`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any, Final, NamedTuple

import polars as pl

from pipeline.archive import Archive
from pipeline.documents import File
from pipeline.progress import reporter
from pipeline.read import MEDIA_TYPES, Reading, UnreadableError, identify, read
from pipeline.registers.split import Limits, SplitError, split
from pipeline.settings import Settings
from pipeline.tabulate import tabulate
from pipeline.values import to_values
from pipeline.workers import spread

SMALL: Final = 4 << 20
"""Up to so many bytes in all are read in this process: a worker takes longer to start."""

LISTING: Final = {
    "file": pl.Int64,
    "member": pl.String,
    "byte_size": pl.Int64,
    "media_type": pl.String,
    "document_id": pl.String,
    "content_id": pl.String,
    "key": pl.String,
    "rule": pl.String,
    "problem": pl.String,
}
"""What a file holds, one row a document: its place, what it is, and why it cannot be read where it cannot. `member` is
empty where the file is the document; `key` is what its rows are kept under."""

FACTS: Final = {
    "key": pl.String,
    "extracted_id": pl.String,
    "trial_id": pl.String,
    "version_date": pl.Date,
    "lossy": pl.List(pl.String),
    "source": pl.String,
    "layout": pl.String,
    "dialect": pl.String,
    "source_url": pl.String,
    "encoding": pl.String,
    "encoding_rule": pl.String,
}
"""What the archive knows of each content that has rows there. `extracted_id` is the document_id that the rows carry;
`trial_id` is NULL where the contract refused the trial itself."""


class Document(NamedTuple):
    """A document on its way to a worker; `rule` and `problem` where its bounds or its file are broken."""

    file: int
    member: str
    data: bytes
    url: str | None
    rule: str | None = None
    problem: str | None = None


class Hashed(NamedTuple):
    """A file with its identity; `problem` where its bytes cannot be had."""

    file: File
    file_id: str | None
    size: int | None
    problem: str | None

    @property
    def key(self) -> str:
        """What the list of its documents is kept under: its bytes and its address decide what they are."""
        return hashlib.sha256(f"{self.file_id}\0{self.file.url}".encode()).hexdigest()[:32]


def hash_files(files: Sequence[File]) -> list[Hashed]:
    """Return each file with the SHA-256 of its bytes."""
    hashed = []
    for file in files:
        try:
            with file.path.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
                hashed.append(Hashed(file, digest, handle.tell(), None))
        except OSError as error:
            reason = f"{error.strerror or error}: see that it is there and may be read, and build again"
            hashed.append(Hashed(file, None, None, reason))
    return hashed


def extract(files: Sequence[Hashed], archive: Archive, settings: Settings, run: str) -> pl.DataFrame:
    """Read what is new in `files` into the archive and return the list of every document found, in order.

    The list has the columns of `LISTING`, `file` being the position in `files`. Nothing that a document holds can stop
    the others. `run` names the build.
    """
    new = [index for index, file in enumerate(files) if file.problem is None and not archive.listing(file.key).exists()]
    found: dict[int, list[pl.DataFrame]] = {index: [] for index in new}
    work = partial(_extract_batch, archive, settings, run)
    total = sum(files[index].size or 0 for index in new)
    reporter().begin("reading", total)
    for rows, size in spread(work, _batches(files, new, settings), workers=settings.workers, small=total <= SMALL):
        reporter().advance(size, rows.height)
        for (index,), part in rows.group_by("file", maintain_order=True):
            found[int(str(index))].append(part)
    for index, parts in found.items():
        archive.write_listing(files[index].key, pl.concat(parts) if parts else pl.DataFrame(schema=LISTING))
    listings = [
        _unreadable(index, file)
        if file.problem
        else pl.read_parquet(archive.listing(file.key)).with_columns(file=index)
        for index, file in enumerate(files)
    ]
    return pl.concat(listings, how="vertical_relaxed") if listings else pl.DataFrame(schema=LISTING)


def _unreadable(index: int, file: Hashed) -> pl.DataFrame:
    row = {"file": index, "member": "", "rule": "unreadable_file", "problem": file.problem}
    return pl.DataFrame([row], schema=LISTING)


def _batches(files: Sequence[Hashed], new: Sequence[int], settings: Settings) -> Iterator[list[Document]]:
    """Yield the documents of new files in batches of about the settings' size, small files together."""
    batch: list[Document] = []
    size = 0
    for index in new:
        for document in _documents(index, files[index], settings):
            batch.append(document)
            size += len(document.data)
            if size >= settings.batch_bytes:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _documents(index: int, file: Hashed, settings: Settings) -> Iterator[Document]:
    """Yield the documents of a file; where it cannot be taken apart further, the last one says so."""
    limits = Limits(
        members=settings.archive_members_limit,
        total_bytes=settings.archive_bytes_limit,
        document_bytes=settings.document_bytes_limit,
        ratio=settings.archive_ratio_limit,
    )
    number, url = 0, file.file.url
    try:
        with file.file.path.open("rb") as handle:
            for number, piece in enumerate(split(handle, limits), 1):  # noqa: B007 - tells where a broken file broke
                rule = piece.problem and "broken_document"
                yield Document(index, piece.name, piece.data, url, rule, piece.problem)
    except SplitError as error:
        rule, problem = error.rule, str(error)
    except OSError as error:
        rule, problem = "unreadable_file", f"{error.strerror or error}: see that it stays there, and build again"
    else:
        return
    yield Document(index, f"after {number}" if number else "", b"", url, rule, problem)


@cache
def _known(archive: Archive, run: str) -> frozenset[str]:  # noqa: ARG001 - one answer a build
    """Return the contents whose rows the archive has had since before the build."""
    facts = archive.facts()
    return frozenset() if facts is None else frozenset(facts["key"])


def _extract_batch(
    archive: Archive, settings: Settings, run: str, batch: Sequence[Document]
) -> tuple[pl.DataFrame, int]:
    """Read the documents of a batch that are new, write their rows, and list them all."""
    known = _known(archive, run)
    rows: list[dict[str, Any]] = []
    readings: dict[str, Reading] = {}
    for document in batch:
        row: dict[str, Any] = {
            "file": document.file,
            "member": document.member,
            "byte_size": len(document.data),
            "rule": document.rule,
            "problem": document.problem,
        }
        rows.append(row)
        if document.problem:
            continue
        identity = identify(document.data)
        url = document.url
        # An address from outside the document decides what its rows are, too.
        key = hashlib.sha256(f"{identity.content_id}\0{url}".encode()).hexdigest() if url else identity.content_id
        row |= {
            "document_id": identity.document_id,
            "content_id": identity.content_id,
            "media_type": MEDIA_TYPES[identity.kind],
            "key": key,
        }
        if key in known or key in readings:
            continue
        try:
            readings[key] = read(document.data, identity, url)
        except UnreadableError as error:
            row |= {"rule": error.rule, "problem": str(error)}
    if readings:
        _write(archive, settings, readings)
    return pl.DataFrame(rows, schema=LISTING), sum(len(document.data) for document in batch)


def _write(archive: Archive, settings: Settings, readings: dict[str, Reading]) -> None:
    extracted = [reading.extracted for reading in readings.values()]
    values = to_values(tabulate(extracted, contacts=settings.contacts, officials=settings.officials))
    told = pl.DataFrame(
        [
            (
                key,
                one.extracted.document_id,
                one.source,
                one.extracted.layout,
                one.dialect,
                one.extracted.url,
                one.encoding,
                one.encoding_rule,
            )
            for key, one in readings.items()
        ],
        schema={name: FACTS[name] for name in _TOLD},
        orient="row",
    )
    # Two contents may share a document_id only where a manifest gives one document two addresses.
    facts = told.join(values.facts.unique("extracted_id"), on="extracted_id", how="left", maintain_order="left")
    archive.write_part(values.tables, facts.select(*FACTS))


_TOLD: Final = ("key", "extracted_id", "source", "layout", "dialect", "source_url", "encoding", "encoding_rule")
