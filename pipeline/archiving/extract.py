"""Documents to checked rows, batch by batch, in as many processes as there are cores.

Here belongs the going through files: what is known already is not read again, what is new is read in batches whose
rows go to the archive, and every document found gets its line in its file's list. How one document is read is
`read`'s business; where rows lie is `archive`'s.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import polars as pl

from pipeline.archiving.archive import Archive
from pipeline.archiving.documents import open_file
from pipeline.archiving.hashes import Hashed, Stamp, stamp, unavailable
from pipeline.legible import printable
from pipeline.progress import reporter
from pipeline.reading.read import MEDIA_TYPES, Bounds, Identity, Reading, UnreadableError, fault, identify, read
from pipeline.reading.sniff import Kind
from pipeline.reading.tabulate import tabulate
from pipeline.reading.values import Values, to_values
from pipeline.registers.split import Known, Limits, SplitError, is_json, split
from pipeline.settings import Settings
from pipeline.workers import spread

_CHANGED: Final = "it changed while it was read: build again once it is written"
_DOCUMENT_COST: Final = 1 << 10
"""What a document costs in memory beside its bytes: a file of a million empty ones is many batches, not one."""

_PASSING: Final = ("unreadable_file", "changed_file", "reader_failed")
"""Rules of what may pass without a change of the bytes or of the code: a right, a writer, a shortage."""
_LIMITS: Final = ("_members_limit", "_bytes_limit", "_ratio_limit", "_elements_limit")

_FEW: Final = 0.25
"""The share of new documents below which a batch leaves them to be read with those of others: few large parts are read
again faster than many small ones."""

SMALL: Final = 4 << 20
"""Up to so many bytes in all are read in this process: a worker takes longer to start."""

LISTING: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
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

FACTS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
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
    place: int
    """Which of the file's documents it is."""
    member: str
    data: bytes
    """Its bytes; empty on its way where `offset` says where they stand."""
    size: int
    url: str | None
    rule: str | None = None
    problem: str | None = None
    known: str | None = None
    """Its document_id, where it was listed before."""
    offset: int | None = None
    doubt: str | None = None
    """What is wrong with it should it not be one JSON value."""


class _Batch(NamedTuple):
    """Documents that are read together; `gathered` where all of them are known to be new."""

    documents: Sequence[Document]
    sources: Mapping[int, tuple[Path, Stamp | None]]
    """Where the files are in which documents stand, and what the file system said of them."""
    gathered: bool = False


class _New(NamedTuple):
    """A document whose rows the archive has not, and its line of the list."""

    document: Document
    identity: Identity
    row: dict[str, Any]


class _Done(NamedTuple):
    """What became of a batch."""

    rows: pl.DataFrame
    """The list of its documents, with the columns of `LISTING` and `place`."""
    size: int
    """The bytes of those documents."""
    new: Sequence[Document]
    """Documents that were left: they are new, and too few to write rows of them alone."""


def extract(files: Sequence[Hashed], archive: Archive, settings: Settings, run: str) -> pl.DataFrame:
    """Read what is new in `files` into the archive and return the list of every document found, in order.

    The list has the columns of `LISTING`, `file` being the position in `files`. Nothing that a document holds can stop
    the others. `run` names the build.
    """
    run = f"{run} {time.time_ns()}"
    keys = [_listing_key(file, settings) for file in files]
    listings = {index: _listed(archive, keys[index], run) for index, file in enumerate(files) if file.problem is None}
    new = [index for index, known in listings.items() if known is None]
    found: dict[int, list[pl.DataFrame]] = {index: [] for index in new}
    work = partial(_extract_batch, archive, settings, run)
    total = sum(files[index].size or 0 for index in new)
    left: list[Document] = []
    remembered = _Remembered(archive.other_listings(keys) if new else [], archive, run)

    def batches() -> Iterator[_Batch]:
        for batch in _batches(files, new, settings, remembered):
            yield _sent(batch, files)
            if _size(left) >= settings.batch_bytes:
                yield _sent(_take_all(left), files, gathered=True)

    def rest() -> Iterator[_Batch]:
        if left:
            yield _sent(_take_all(left), files, gathered=True)

    reporter().begin("reading", total)
    for done in chain(
        spread(work, batches(), workers=settings.workers, small=total <= SMALL),
        # One batch is done here: a worker would take as long to start.
        spread(work, rest(), workers=settings.workers, small=True),
    ):
        left += done.new
        reporter().advance(done.size, done.rows.height)
        for (index,), part in done.rows.group_by("file", maintain_order=True):
            found[int(str(index))].append(part)
    for (index,), part in remembered.rows().group_by("file", maintain_order=True):
        found[int(str(index))].append(part)
    for index, parts in found.items():
        listings[index] = documents = (
            pl.concat(parts).sort("place").drop("place") if parts else pl.DataFrame(schema=LISTING)
        )
        archive.write_listing(keys[index], documents)
    archive.forget_listings(keys)
    whole = [
        _unreadable(index, file) if known is None else known.with_columns(file=index)
        for index, file in enumerate(files)
        for known in [listings.get(index)]
    ]
    return pl.concat(whole, how="vertical_relaxed") if whole else pl.DataFrame(schema=LISTING)


def _listing_key(file: Hashed, settings: Settings) -> str:
    """Return what the list of a file's documents is kept under: what the file is, and every limit that may stop one."""
    limits = [value for name, value in settings.model_dump().items() if name.endswith(_LIMITS)]
    return hashlib.sha256(f"{file.key}\0{limits}".encode()).hexdigest()[:32]


def _listed(archive: Archive, key: str, run: str) -> pl.DataFrame | None:
    """Return the documents that a file was found to hold; None where it must be read, for the first time or again.

    It is read again where what stopped a document may be gone, or where its rows are not in the archive any more.
    """
    known = archive.read_listing(key)
    if known is None or known["rule"].is_in(_PASSING).any():
        return None
    there = known.filter(pl.col("problem").is_null())["key"]
    return known if _known(archive, run).issuperset(there) else None


def _unreadable(index: int, file: Hashed) -> pl.DataFrame:
    row = {"file": index, "member": "", "rule": "unreadable_file", "problem": file.problem}
    return pl.DataFrame([row], schema=LISTING)


class _Remembered:
    """The documents of files that have changed, as they were listed before: of a bulk file, most are there again.

    Such a one is told by its bytes alone and listed again here: to look into it, and to send it to a worker, takes four
    times as long.
    """

    def __init__(self, lists: Sequence[pl.DataFrame], archive: Archive, run: str) -> None:
        told = pl.concat([pl.DataFrame(schema=LISTING), *lists], how="diagonal_relaxed")
        # What an address from outside decided, too, is looked at again, and so is what the archive has no rows of.
        told = told.filter(pl.col("problem").is_null(), pl.col("key") == pl.col("content_id"))
        if told.height:
            told = told.filter(pl.col("key").is_in(list(_known(archive, run))))
        self._told = told.select("document_id", "content_id", "media_type", "key").unique("document_id")
        self._ids = frozenset(self._told["document_id"])
        self._missed = 0
        self._seen: list[tuple[int, int, str, int, str]] = []
        self._untold = 0

    def known(self, data: bytes) -> str | None:
        """Return the document_id of a document that was listed before; None of any other."""
        # Where all is new, as after a night that stamped every study, it is not asked on and on.
        if self._missed > len(self._seen) + _PATIENCE or not self._ids:
            return None
        document_id = hashlib.sha256(data).hexdigest()
        if document_id in self._ids:
            return document_id
        self._missed += 1
        return None

    def add(self, document: Document, document_id: str) -> None:
        """List a document that is known."""
        self._seen.append((document.file, document.place, document.member, document.size, document_id))
        self._untold += document.size
        if len(self._seen) % _PATIENCE == 0:
            reporter().advance(self._untold, _PATIENCE)
            self._untold = 0

    def rows(self) -> pl.DataFrame:
        """Return the lines of the list of the documents that were known, with the columns of `LISTING` and `place`."""
        whole = {**LISTING, "place": pl.Int64}
        told = {name: whole[name] for name in ("file", "place", "member", "byte_size", "document_id")}
        seen = pl.DataFrame(self._seen, schema=told, orient="row").join(self._told, on="document_id", how="left")
        return pl.concat([pl.DataFrame(schema=whole), seen], how="diagonal")


_PATIENCE: Final = 1000
"""So many documents more than there were known ones are asked about in vain; so many are told of at once."""


def _batches(
    files: Sequence[Hashed], new: Sequence[int], settings: Settings, remembered: _Remembered
) -> Iterator[list[Document]]:
    """Yield the documents of new files in batches of about the settings' size, small files together.

    Those that are remembered are listed at once, and are in no batch.
    """
    batch: list[Document] = []
    size = 0
    for index in new:
        for document in _documents(index, files[index], settings, remembered.known):
            if document.known:
                remembered.add(document, document.known)
                continue
            batch.append(document)
            size += document.size + _DOCUMENT_COST
            if size >= settings.batch_bytes:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _size(documents: Iterable[Document]) -> int:
    return sum(document.size for document in documents)


def _take_all(documents: list[Document]) -> list[Document]:
    taken = documents.copy()
    documents.clear()
    return taken


def _documents(index: int, file: Hashed, settings: Settings, known: Known) -> Iterator[Document]:
    """Yield the documents of a file; where it cannot be taken apart further, the last one says so.

    `known` tells which of them were listed before; it is not asked where an address from outside decides, too.
    """
    limits = Limits(
        members=settings.archive_members_limit,
        total_bytes=settings.archive_bytes_limit,
        document_bytes=settings.document_bytes_limit,
        ratio=settings.archive_ratio_limit,
    )
    number, url = 0, file.file.url
    # Each document is held back until more was read: the last one counts only if the file is still the same.
    held: Document | None = None
    broken: tuple[str, str] | None = None
    try:
        with open_file(file.file.path) as handle:
            try:
                for piece in split(handle, limits, known if url is None else None):
                    if held:
                        yield held
                        number += 1
                    rule = piece.problem and "broken_document"
                    size = len(piece.data)
                    place = index, number, piece.name, piece.data, size, url
                    held = Document(*place, rule, piece.problem, piece.known, piece.offset, piece.doubt)
            except SplitError as error:
                broken = error.rule, str(error)
            if stamp(handle) != file.stamp:
                held, broken = None, ("changed_file", _CHANGED)
    except OSError as error:
        broken = "unreadable_file", unavailable(error)
    if held:
        yield held
        number += 1
    if broken:
        yield Document(index, number, f"after {number}" if number else "", b"", 0, url, *broken)


def _sent(documents: Sequence[Document], files: Sequence[Hashed], *, gathered: bool = False) -> _Batch:
    """Return a batch without the bytes that stand in files as they are.

    To read them there again costs less than to send them, and a batch that waits holds none: a quarter less memory.
    """
    placed = {document.file for document in documents if document.offset is not None}
    sources = {index: (files[index].file.path, files[index].stamp) for index in placed}
    return _Batch(_light(documents), sources, gathered)


def _light(documents: Iterable[Document]) -> list[Document]:
    return [document if document.offset is None else document._replace(data=b"") for document in documents]


def _received(batch: _Batch) -> Iterator[Document]:
    """Yield the documents of a batch with their bytes; where a file is not what it was, they say so instead."""
    for index, group in groupby(batch.documents, key=attrgetter("file")):
        documents = list(group)
        problem: tuple[str, str] | None = None
        if index in batch.sources:
            path, then = batch.sources[index]
            try:
                with open_file(path) as handle:
                    documents = [_placed(document, handle) for document in documents]
                    if stamp(handle) != then:
                        problem = "changed_file", _CHANGED
            except OSError as error:
                problem = "unreadable_file", unavailable(error)
        for document in documents:
            yield document._replace(rule=problem[0], problem=problem[1]) if problem else document


def _placed(document: Document, handle: IO[bytes]) -> Document:
    if document.offset is None:
        return document
    return document._replace(data=os.pread(handle.fileno(), document.size, document.offset))


def _known(archive: Archive, run: str) -> frozenset[str]:
    """Return the contents whose rows the archive has had since before this call of `extract`."""
    return _keys(archive.root, archive.folder.name, run)


@lru_cache(maxsize=1)  # by value: a worker gets another copy of the archive with every batch
def _keys(root: Path, code: str, run: str) -> frozenset[str]:  # noqa: ARG001 - one answer a call
    facts = Archive(root, code).facts()
    return frozenset() if facts is None else frozenset(facts["key"])


def _extract_batch(archive: Archive, settings: Settings, run: str, batch: _Batch) -> _Done:
    """List the documents of a batch and write the rows of those that are new, unless they are few."""
    known = _known(archive, run)
    rows: list[dict[str, Any]] = []
    new: dict[str, list[_New]] = {}
    for document in _received(batch):
        row: dict[str, Any] = {
            "file": document.file,
            "place": document.place,
            "member": document.member,
            "byte_size": document.size,
            "rule": document.rule,
            "problem": document.problem and printable(document.problem),
        }
        rows.append(row)
        if document.problem:
            continue
        identity = identify(document.data)
        if document.doubt and identity.kind is not Kind.JSON_OBJECT and not is_json(document.data):
            row.update(_broken(document))
            continue
        url = document.url
        # An address from outside the document decides what its rows are, too.
        key = hashlib.sha256(f"{identity.content_id}\0{url}".encode()).hexdigest() if url else identity.content_id
        row |= {
            "document_id": identity.document_id,
            "content_id": identity.content_id,
            "media_type": MEDIA_TYPES[identity.kind],
            "key": key,
        }
        if key not in known:
            new.setdefault(key, []).append(_New(document, identity, row))
    fresh = [one for same in new.values() for one in same]
    left = _light(one.document for one in fresh)
    if batch.gathered or _size(left) >= _FEW * _size(batch.documents):
        left = []
        _read(archive, settings, new)
    else:
        listed_later = {id(one.row) for one in fresh}
        rows = [row for row in rows if id(row) not in listed_later]
    size = sum(row["byte_size"] for row in rows)
    return _Done(pl.DataFrame(rows, schema={**LISTING, "place": pl.Int64}), size, left)


def _broken(document: Document) -> dict[str, str | None]:
    """Return what the list says of a line that is not one JSON value, and so no document at all."""
    nothing = dict.fromkeys(("document_id", "content_id", "media_type", "key"))
    return {**nothing, "rule": "broken_document", "problem": document.doubt}


def _read(archive: Archive, settings: Settings, new: Mapping[str, Sequence[_New]]) -> None:
    """Read new documents, one of each key, and write their rows; add to their lines why one could not be read."""
    bounds = Bounds(*(getattr(settings, name) for name in Bounds._fields))
    readings: dict[str, Reading] = {}
    problems: dict[str, tuple[str, str]] = {}
    for key, (first, *_) in new.items():
        try:
            readings[key] = read(first.document.data, first.identity, first.document.url, bounds)
        except UnreadableError as error:
            if first.document.doubt and not is_json(first.document.data):
                for one in new[key]:
                    one.row.update(_broken(one.document))
                continue
            problems[key] = error.rule, printable(str(error))
    if readings:
        failed = _write(archive, settings, readings)
        problems |= {key: ("reader_failed", reason) for key, reason in failed.items()}
    for key, (rule, problem) in problems.items():
        for one in new[key]:
            one.row.update(rule=rule, problem=problem)


def _write(archive: Archive, settings: Settings, readings: dict[str, Reading]) -> dict[str, str]:
    """Write the rows of what was read; return the reasons of the documents whose words could not be made rows."""
    faults: dict[str, str] = {}
    try:
        values = _values(settings, readings.values())
    except Exception:  # a fault of ours must cost the document that shows it, and no other
        for key, reading in readings.items():
            try:
                _values(settings, [reading])
            except Exception as error:
                faults[key] = fault(error)
        good = {key: reading for key, reading in readings.items() if key not in faults}
        return faults | (_write(archive, settings, good) if good and faults else {})
    archive.write_part(values.tables, _facts(readings, values))
    return faults


def _values(settings: Settings, readings: Iterable[Reading]) -> Values:
    # One document may come under two addresses: its rows are written once, under the first address that there is.
    addressed = sorted((reading.extracted for reading in readings), key=lambda one: one.url is None)
    extracted = {one.document_id: one for one in reversed(addressed)}.values()
    return to_values(tabulate(extracted, contacts=settings.contacts, officials=settings.officials))


def _facts(readings: Mapping[str, Reading], values: Values) -> pl.DataFrame:
    """Return what the archive knows of each content, with the columns of `FACTS`."""
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
    return facts.select(*FACTS)


_TOLD: Final = ("key", "extracted_id", "source", "layout", "dialect", "source_url", "encoding", "encoding_rule")
