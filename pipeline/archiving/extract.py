"""Documents to checked rows, batch by batch, in as many processes as there are cores.

Here belongs the going through files: what is known already is not read again, what is new is read in batches whose
rows go to the archive, and every document found gets its line in its file's list. How one document is read is
`read`'s business; where rows lie is `archive`'s.
"""

from __future__ import annotations

import gc
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, groupby, repeat
from operator import attrgetter
from pathlib import Path
from typing import IO, Final, NamedTuple

import polars as pl

from pipeline.archiving import listings
from pipeline.archiving.archive import FACTS, Archive
from pipeline.archiving.digests import Digests
from pipeline.archiving.documents import open_file
from pipeline.archiving.hashes import Hashing, Stamp, stamp, unavailable
from pipeline.archiving.listings import LISTING
from pipeline.legible import printable
from pipeline.progress import reporter
from pipeline.reading.read import MEDIA_TYPES, Bounds, Identity, Reading, UnreadableError, fault, identify, read
from pipeline.reading.sniff import HEAD, Kind, sniff
from pipeline.reading.tabulate import tabulate
from pipeline.reading.values import Values, to_values
from pipeline.registers.split import Limits, Piece, SplitError, is_json, no_json, split
from pipeline.settings import Settings
from pipeline.workers import spread

_CHANGED: Final = "it changed while it was read: build again once it is written"
_DOCUMENT_COST: Final = 1 << 10
"""What a document costs in memory beside its bytes: a file of a million empty ones is many batches, not one."""
_LINE_COST: Final = 1 << 6
"""What a document costs there that is only listed: a little, for many of them are worth no batch of their own."""
_AHEAD: Final = 4 << 20
"""So large must a file be to be read while it is hashed."""

SMALL: Final = 4 << 20
"""Up to so many bytes in all are read in this process: a worker takes longer to start."""


class _Found(NamedTuple):
    """A document that was found in a file."""

    file: int
    place: int
    """Which of the file's documents it is."""
    piece: Piece
    rule: str = "broken_document"
    """What it breaks, where it has a problem."""


class Document(NamedTuple):
    """A document on its way to a worker, whose rows the archive has not."""

    file: int
    place: int
    data: bytes
    """Its bytes; empty on its way where `offset` says where they stand."""
    size: int
    offset: int | None
    url: str | None
    identity: Identity
    key: str
    doubt: int | None
    """Which line it is, if it may be no JSON."""


_Line = tuple[int, str, int, str | None, str | None, str | None, str | None, str | None, str | None]
"""A document's line of its file's list: its place, and all of `LISTING` but the file. No class of its own, since Python
looks again and again for garbage in what has one, and these are many."""


class _Batch(NamedTuple):
    """Documents that are read together."""

    documents: Sequence[Document]
    sources: Mapping[int, tuple[Path, Stamp | None]]
    """Where the files are in which documents stand, and what the file system said of them."""

    @property
    def size(self) -> int:
        return sum(document.size for document in self.documents)


_Refused = dict[tuple[int, int], tuple[str, str]]
"""Documents that could not be read, by file and place: rule and reason."""
_NOT_HAD: Final = ("broken_document", "changed_file", "unreadable_file")
"""Rules of what is no document after all, or not the one that it was."""


def extract(files: Sequence[Hashing], archive: Archive, settings: Settings) -> None:
    """Read what is new in `files` into the archive, and list the documents of each file there (see `listings`).

    Nothing that a document holds can stop the others.
    """
    ahead = {index for index, file in enumerate(files) if _is_read_ahead(file)}
    keys = {index: listings.key(file.result(), settings) for index, file in enumerate(files) if index not in ahead}
    standing = listings.standing(archive, [key for key in keys.values() if key])
    new = [index for index in range(len(files)) if index in ahead or (keys[index] and keys[index] not in standing)]
    if new:
        with _loaded_set_apart():
            _read_files(files, new, archive, settings)
    archive.forget_listings(key for file in files if (key := listings.key(file.result(), settings)))


@contextmanager
def _loaded_set_apart() -> Iterator[None]:
    """Let the search for garbage pass over what is there by now: none of it is any, and it is much.

    Where somebody has done so already (`pipeline.starting`), it stays so to the program's end.
    """
    is_ours = not gc.get_freeze_count()
    if is_ours:
        gc.freeze()
    try:
        yield
    finally:
        if is_ours:
            gc.unfreeze()


def _is_read_ahead(file: Hashing) -> bool:
    """Whether a file is read while it is hashed: to look through it costs no more than to hash it first."""
    if file.is_known or file.size < _AHEAD:
        return False
    try:
        with open_file(file.file.path) as handle:
            return sniff(handle.read(HEAD)) in (Kind.NDJSON, Kind.JSON_OBJECT, Kind.JSON_ARRAY)
    except OSError:  # whoever hashes it says so
        return False


def _read_files(files: Sequence[Hashing], new: Sequence[int], archive: Archive, settings: Settings) -> None:
    """Read and list the documents of the files that are new: of some, most documents may be known all the same."""
    known = Digests(archive.facts().select("key").collect()["key"])
    under_way: deque[dict[int, list[_Line]]] = deque()

    def batches() -> Iterator[_Batch]:
        for batch, lines in _batches(files, new, settings, known):
            under_way.append(lines)
            yield batch

    unwritten = {index: listings.Growing(archive) for index in new}
    reporter().begin("reading", sum(files[index].size for index in new))
    work = partial(_extract_batch, archive, settings)
    # Where much is known, little may be new.
    here = max(SMALL, settings.batch_bytes) if known else SMALL
    for refused in _spread(work, batches(), settings, here=here):
        lines = under_way.popleft()
        rows = _listed(lines, refused)
        reporter().advance(int(rows["byte_size"].sum()), rows.height)
        for index, its in lines.items():
            # Documents come file by file.
            while (before := next(iter(unwritten))) < index:
                _write_list(files[before], unwritten.pop(before), settings)
            unwritten[index].add(rows.head(len(its)))
            rows = rows.slice(len(its))
    for index, documents in unwritten.items():
        _write_list(files[index], documents, settings)


def _write_list(file: Hashing, documents: listings.Growing, settings: Settings) -> None:
    if key := listings.key(file.result(), settings):
        documents.write(key)


def _spread(
    work: Callable[[_Batch], _Refused], batches: Iterator[_Batch], settings: Settings, *, here: int
) -> Iterator[_Refused]:
    """Yield what came of each batch: the first `here` bytes are read in this process, what is more in workers."""
    for batch in batches:
        here -= batch.size
        if here < 0:
            yield from spread(work, chain([batch], batches), workers=settings.workers, small=False)
        else:
            yield work(batch)


def _listed(lines: Mapping[int, Sequence[_Line]], refused: _Refused) -> pl.DataFrame:
    """Return the lines of files' lists as rows, with what workers refused."""
    whole: Iterable[_Line] = chain.from_iterable(lines.values())
    if refused:
        each = ((line, refused.get((file, line[0]))) for file, its in lines.items() for line in its)
        whole = (_marked(line, *problem) if problem else line for line, problem in each)
    columns = dict(zip(LISTING, zip(*whole, strict=True), strict=True))
    columns["file"] = tuple(chain.from_iterable(repeat(file, len(its)) for file, its in lines.items()))
    return pl.DataFrame(columns, schema=LISTING)


def _marked(line: _Line, rule: str, problem: str) -> _Line:
    place, member, size, *identity, _, _ = line
    media_type, document_id, content_id, key = (None,) * 4 if rule in _NOT_HAD else identity
    return place, member, size, media_type, document_id, content_id, key, rule, problem


def _batches(
    files: Sequence[Hashing], new: Sequence[int], settings: Settings, known: Digests
) -> Iterator[tuple[_Batch, dict[int, list[_Line]]]]:
    """Yield the documents of some files in their order: those that are not `known` as a batch, and each file's lines.

    A batch is of about the settings' size, small files together. It comes without the bytes that stand in a file: to
    read them there again costs less than to send them, and a batch that waits holds none, a quarter less memory.
    """
    lines: dict[int, list[_Line]] = {}
    documents: list[Document] = []
    cost = 0

    def cut() -> tuple[_Batch, dict[int, list[_Line]]]:
        placed = {document.file for document in documents if document.offset is not None}
        sources = {index: (files[index].file.path, files[index].stamp) for index in placed}
        return _Batch(documents, sources), lines

    for file, place, piece, rule in chain.from_iterable(_found(index, files[index], settings) for index in new):
        data, url = piece.data, files[file].file.url
        identity = _identity(piece)
        line: _Line
        if identity is None:
            problem = printable(piece.problem or no_json(piece.doubt or 0))
            line = place, piece.name, len(data), None, None, None, None, rule, problem
        else:
            document_id, content_id, kind = identity
            # An address from outside the document decides what its rows are, too.
            key = hashlib.sha256(f"{content_id}\0{url}".encode()).hexdigest() if url else content_id
            line = place, piece.name, len(data), MEDIA_TYPES[kind], document_id, content_id, key, None, None
            if key not in known:
                sent = data if piece.offset is None else b""
                documents.append(Document(file, place, sent, len(data), piece.offset, url, identity, key, piece.doubt))
                cost += len(data) + _DOCUMENT_COST
        lines.setdefault(file, []).append(line)
        cost += _LINE_COST
        if cost >= settings.batch_bytes:
            yield cut()
            lines, documents, cost = {}, [], 0
    if lines:
        yield cut()


def _identity(piece: Piece) -> Identity | None:
    """Return what a document is; None where it is none."""
    if piece.problem:
        return None
    identity = identify(piece.data)
    is_doubtful = piece.doubt and identity.kind is not Kind.JSON_OBJECT
    return None if is_doubtful and not is_json(piece.data) else identity


def _found(index: int, file: Hashing, settings: Settings) -> Iterator[_Found]:
    """Yield the documents of a file; where it cannot be taken apart further, the last one says so."""
    limits = Limits(
        members=settings.archive_members_limit,
        total_bytes=settings.archive_bytes_limit,
        document_bytes=settings.document_bytes_limit,
        ratio=settings.archive_ratio_limit,
    )
    number = 0
    # Each document is held back until more was read: the last one counts only if the file is still the same.
    held: _Found | None = None
    broken: tuple[str, str] | None = None
    try:
        with open_file(file.file.path) as handle:
            try:
                for piece in split(handle, limits):
                    if held:
                        yield held
                        number += 1
                    held = _Found(index, number, piece)
            except SplitError as error:
                broken = error.rule, str(error)
            # Nor are those bytes listed that were not hashed.
            if not file.result().stamp == stamp(handle) == file.stamp:
                held, broken = None, ("changed_file", _CHANGED)
    except OSError as error:
        broken = "unreadable_file", unavailable(error)
    if held:
        yield held
        number += 1
    if broken:
        rule, problem = broken
        yield _Found(index, number, Piece(f"after {number}" if number else "", b"", Kind.EMPTY, problem), rule)


def _received(batch: _Batch) -> Iterator[tuple[Document, tuple[str, str] | None]]:
    """Yield the documents of a batch with their bytes; where a file is not what it was, with rule and reason."""
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
            yield document, problem


def _placed(document: Document, handle: IO[bytes]) -> Document:
    if document.offset is None:
        return document
    return document._replace(data=os.pread(handle.fileno(), document.size, document.offset))


def _extract_batch(archive: Archive, settings: Settings, batch: _Batch) -> _Refused:
    """Read the documents of a batch and write their rows; return those that could not be read."""
    refused: _Refused = {}
    new: dict[str, list[Document]] = {}
    for document, problem in _received(batch):
        if problem:
            refused[document.file, document.place] = problem
        else:
            new.setdefault(document.key, []).append(document)
    return refused | _read(archive, settings, new)


def _read(archive: Archive, settings: Settings, new: Mapping[str, Sequence[Document]]) -> _Refused:
    """Read documents, one of each key, and write their rows; return those that could not be read."""
    bounds = Bounds(*(getattr(settings, name) for name in Bounds._fields))
    readings: dict[str, Reading] = {}
    problems: dict[str, tuple[str, str]] = {}
    refused: _Refused = {}
    for key, (first, *_) in new.items():
        try:
            readings[key] = read(first.data, first.identity, first.url, bounds)
        except UnreadableError as error:
            if first.doubt and not is_json(first.data):
                for one in new[key]:
                    refused[one.file, one.place] = "broken_document", no_json(one.doubt or 0)
                continue
            problems[key] = error.rule, printable(str(error))
    if readings:
        failed = _write(archive, settings, readings)
        problems |= {key: ("reader_failed", reason) for key, reason in failed.items()}
    return refused | {(one.file, one.place): problem for key, problem in problems.items() for one in new[key]}


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
