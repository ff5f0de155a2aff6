"""Files that hold many documents, taken apart in bounded memory: archives, API pages, arrays and lines of JSON.

Here belongs where one document ends and the next begins. What a document says, and what a broken one is called in the
quarantine, is the readers' and `documents`' business: a broken one is handed out like any other, with its place.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

import msgspec

from pipeline.legible import quoted
from pipeline.reading.sniff import HEAD, Kind, sniff
from pipeline.registers.errors import RegisterError


class Limits(NamedTuple):
    """How much a file may unfold into; the defaults hold ten times the whole register.

    They are the settings `archive_members_limit`, `archive_bytes_limit`, `document_bytes_limit` and
    `archive_ratio_limit`: a refusal names the one that was crossed.
    """

    members: int = 10_000_000
    """Documents in one file."""
    total_bytes: int = 1 << 38
    """Unpacked bytes of one file."""
    document_bytes: int = 1 << 28
    """Bytes of one document, which is held in memory."""
    ratio: int = 1_000
    """Unpacked to packed bytes, above the first mebibyte: text packs 20-fold at most, a bomb more than 1,000-fold."""


class Piece(NamedTuple):
    """One document out of a file."""

    name: str
    """Its place: the member's name in an archive (quoted, and numbered where several have it: it is never used as a
    path), the index (from 0) in a list, both as `name#index`; "" alone."""
    data: bytes
    kind: Kind
    problem: str | None = None
    """What is wrong with its bounds, where they could not be told; its bytes are what could be recovered."""
    offset: int | None = None
    """Where its bytes begin in the file; None where the file holds others, as an archive does."""
    doubt: int | None = None
    """Which line it is, of those that hold anything, if it may be no JSON (`is_json`, `no_json`): the bounds of a line
    are sure, and whoever reads one learns what it is at no cost."""


class SplitError(RegisterError):
    """A file that cannot be taken apart, or not further; `rule` is stable, the message names place and remedy."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


def split(file: IO[bytes], limits: Limits = Limits()) -> Iterator[Piece]:  # noqa: B008 - immutable
    """Yield the documents of a file, in their order.

    Args:
        file: open for reading in binary, at its beginning; seekable where it is a zip.
        limits: how much it may unfold into.

    Yields:
        Every document once, each at most `limits.document_bytes` long. A file of one document yields that.

    Raises:
        SplitError: with rule `retired_format`, `broken_archive`, `encrypted_archive`, `nested_archive`, `too_large`,
            `too_many` or `archive_bomb`; what was yielded before is sound.
    """
    meter = _Meter(limits)
    for number, piece in enumerate(_open(file, "", meter)):
        if number >= limits.members:
            raise SplitError(
                "too_many",
                f"it holds more than the {limits.members:,} documents that archive_members_limit allows: split it or "
                "raise the limit",
            )
        yield piece


class _Meter:
    """What was unpacked so far, against the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = 0

    def count(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.limits.total_bytes:
            raise SplitError(
                "too_large",
                f"it unpacks to more than the {self.limits.total_bytes:,} bytes that archive_bytes_limit allows: split "
                "it or raise the limit",
            )


class _Unpacking(io.RawIOBase):
    """A stream of unpacked bytes that stops a bomb; `packed` tells how many packed bytes were read so far."""

    def __init__(self, stream: IO[bytes], packed: IO[bytes], name: str, meter: _Meter) -> None:
        self._stream = stream
        self._packed = packed
        self._name = name
        self._meter = meter
        self._unpacked = 0
        self._start = packed.tell()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            raise SplitError(
                "broken_archive", f"{self._name or 'it'} cannot be unpacked: {error}; fetch it again"
            ) from error
        self._unpacked += len(data)
        self._meter.count(len(data))
        packed = max(self._packed.tell() - self._start, 1)
        if self._unpacked > (1 << 20) and self._unpacked > packed * self._meter.limits.ratio:
            raise _bomb(self._name, self._meter.limits)
        return data


def _bomb(name: str, limits: Limits) -> SplitError:
    return SplitError(
        "archive_bomb",
        f"{name or 'it'} unpacks to more than {limits.ratio:,} times its size, which archive_ratio_limit allows: no "
        "real data does",
    )


def _open(file: IO[bytes], name: str, meter: _Meter, *, inside: bool = False) -> Iterator[Piece]:
    """Yield the documents of a stream; `name` is its place in the archive that it is a member of."""
    head = file.read(HEAD)
    kind = sniff(head)
    if kind in (Kind.ZIP, Kind.GZIP) and inside:
        raise SplitError(
            "nested_archive", f"{name or 'it'} is an archive inside an archive: unpack the outer one first"
        )
    if kind is Kind.GZIP:
        stream = _Rest(head, file)
        with gzip.GzipFile(fileobj=stream) as unpacked:  # type: ignore[call-overload] # `read` is all it needs
            inner = _Unpacking(unpacked, stream, name, meter)  # type: ignore[arg-type] # the same
            yield from _unpacked(_open(inner, name, meter, inside=True))  # type: ignore[arg-type] # the same
    elif kind is Kind.ZIP:
        yield from _open_zip(file, meter)
    elif kind is Kind.JSON_ARRAY:
        yield from _elements(_Rest(head, file), name, meter)
    elif kind in (Kind.JSON_OBJECT, Kind.NDJSON):
        yield from _objects(head, file, name, meter)
    else:
        yield _whole(head, file, name, meter)


def _unpacked(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield pieces of an archive's member: their bytes stand nowhere in the file."""
    for piece in pieces:
        yield piece._replace(offset=None)


class _Rest:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head = head
        self._file = file
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        if self._head:
            data, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            if size < 0:
                data += self._file.read()
        else:
            data = self._file.read(size)
        self._position += len(data)
        return data

    def tell(self) -> int:
        return self._position


def _whole(head: bytes, file: IO[bytes] | _Rest, name: str, meter: _Meter) -> Piece:
    parts = [head]
    size = len(head)
    while more := file.read(_CHUNK):
        parts.append(more)
        size += len(more)
        _check_size(size, name, meter)
    data = b"".join(parts)
    return Piece(name, data, sniff(data))


def _check_size(size: int, name: str, meter: _Meter) -> None:
    if size > meter.limits.document_bytes:
        raise SplitError(
            "too_large",
            f"{name or 'it'} holds a document of more than the {meter.limits.document_bytes:,} bytes that "
            "document_bytes_limit allows: no study is so long",
        )


# -- zip ------------------------------------------------------------------------------------------------------------


def _open_zip(file: IO[bytes], meter: _Meter) -> Iterator[Piece]:
    limits = meter.limits
    try:
        size = _check_directory(file, limits)
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, SplitError):
            raise
        raise SplitError("broken_archive", f"not a whole zip file: {error}; fetch it again") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        for member, name in zip(members, _names(members), strict=True):
            if member.flag_bits & 1:
                raise SplitError(
                    "encrypted_archive", f"{name} is encrypted: unpack the archive with its password first"
                )
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                # Python unpacks the others by whole blocks, however much these hold.
                yield Piece(name, b"", Kind.EMPTY, "packed by another method than deflate: pack the archive again")
                continue
            if member.file_size > max(member.compress_size, 1) * limits.ratio and member.file_size > 1 << 20:
                raise _bomb(name, limits)
            meter.count(member.file_size)
            if meter.unpacked > max(size * limits.ratio, 1 << 20):  # members that share their bytes
                raise _bomb("it", limits)
            try:
                with archive.open(member) as stream:
                    yield from _unpacked(_open(stream, name, meter, inside=True))
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
                if isinstance(error, SplitError):
                    raise
                # A member that was damaged on the way takes only itself.
                yield Piece(name, b"", Kind.EMPTY, f"cannot be unpacked: {error}; fetch the archive again")


def _check_directory(file: IO[bytes], limits: Limits) -> int:
    """Refuse a zip whose list of members would not fit into memory, before it is read; return the file's size."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _TAIL, 0))
    tail = file.read()
    end, end64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    bytes_of = int.from_bytes(tail[end + 12 : end + 16], "little")
    if bytes_of == 0xFFFF_FFFF:
        bytes_of = int.from_bytes(tail[end64 + 40 : end64 + 48], "little")
    if end < 0:
        raise zipfile.BadZipFile("its end is missing")
    entries, before = 0, b""
    if bytes_of <= (limits.members + 1) * _ENTRY_BYTES:
        file.seek(max(size - bytes_of - _TAIL, 0))
        while data := file.read(_CHUNK):
            entries += (before + data).count(_ENTRY)
            before = data[1 - len(_ENTRY) :]
    file.seek(0)
    if entries > limits.members or bytes_of > (limits.members + 1) * _ENTRY_BYTES:
        raise SplitError(
            "too_many",
            f"it lists more than the {limits.members:,} members that archive_members_limit allows: split it or raise "
            "the limit",
        )
    return size


def _names(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the members' names as places: quoted, and each another one, for nothing stops an archive from repeating."""
    quotes = [quoted(member.filename) for member in members]
    uses = Counter(quotes)
    taken = set(quotes)
    numbers: Counter[str] = Counter()
    for name in quotes:
        own = name
        while (own == name and uses[name] > 1) or (own != name and own in taken) or _RESERVED.fullmatch(own):
            numbers[name] += 1
            own = f"{name} ({numbers[name]})"
        taken.add(own)
        yield own


# -- JSON -----------------------------------------------------------------------------------------------------------

_CHUNK: Final = 1 << 20
# What an entry of a zip's directory begins with, how long it may be on average, and where the directory's own length
# stands: in the record at the end, behind which a comment may stand.
_ENTRY: Final = b"PK\x01\x02"
_ENTRY_BYTES: Final = 512
_TAIL: Final = (1 << 16) + 128
# What a file's last entry is called where it could not be taken apart further: no member may be called so.
_RESERVED: Final = re.compile(r"after \d+")
# The keys of a study: any of them may come first, and nothing inside a study begins with one.
_KEYS: Final = rb"(?:protocolSection|resultsSection|annotationSection|documentSection|derivedSection|hasResults)"
# A study that follows another one. A text cannot hold this: its quotes stand behind backslashes.
_NEXT: Final = re.compile(rb',\s*(?=\{\s*"' + _KEYS + rb'"\s*:)')
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)
_SCALAR_END: Final = re.compile(rb"[\s,\]}]")
_GAP: Final = re.compile(rb"[\s,]*")
_RETIRED: Final = re.compile(rb'\s*\{\s*"(?:FullStudiesResponse|StudyFieldsResponse|FullStudy)"')
_PAGE: Final = re.compile(
    rb'\s*\{\s*(?:"(?:nextPageToken|totalCount)"\s*:\s*(?:"[^"]*"|\d+|null)\s*,\s*)*"studies"\s*:\s*(?=\[)'
)
_PAGE_END: Final = re.compile(rb'(?:\s*,\s*"(?:nextPageToken|totalCount)"\s*:\s*(?:"[^"]*"|\d+|null))*\s*\}\s*')
_DECODER: Final = msgspec.json.Decoder(msgspec.Raw)


def _objects(head: bytes, file: IO[bytes], name: str, meter: _Meter) -> Iterator[Piece]:
    """Yield the documents of a stream of objects: lines of NDJSON, the studies of an API page, or one study."""
    body = head.removeprefix(b"\xef\xbb\xbf")
    if _RETIRED.match(body):
        raise SplitError(
            "retired_format",
            f"{name or 'it'} is an answer of the API's version 1, which the register retired in 2024: download the "
            "studies from API v2",
        )
    if page := _PAGE.match(body):
        yield from _elements(
            _Rest(body[page.end() :], file), name, meter, len(head) - len(body) + page.end(), _PAGE_END
        )
        return
    lines = _Lines(_Rest(body, file), name, meter, len(head) - len(body))
    first, second = lines.first()
    if not is_json(first) and not (second.startswith(b"{") and is_json(second)):
        # No line of NDJSON: one object over several lines, or a broken one.
        yield _whole(lines.rest(), lines.file, name, meter)
    elif not second:
        yield Piece(name, first, Kind.JSON_OBJECT)
    else:
        place = f"{name}#" if name else ""
        for index, (data, offset) in enumerate(lines):
            yield Piece(f"{place}{index}", data, Kind.JSON_OBJECT, None, offset, index + 1)


def no_json(line: int) -> str:
    """Return what is wrong with a doubtful line (`Piece.doubt`) that is not one JSON value."""
    return f"line {line:,} of those that hold anything is not one JSON value"


_DECIDING: Final = 2
"""So many lines tell whether a file has one document a line."""


class _Lines:
    """The lines of a stream that hold anything, each within the limit of a document."""

    def __init__(self, file: _Rest, name: str, meter: _Meter, offset: int) -> None:
        self.file = file
        self._name = name
        self._meter = meter
        self._buffer = b""
        self._offset = offset

    def first(self) -> tuple[bytes, bytes]:
        """Return the first two lines without white space around, as if none had been read; empty where there is none.

        The stream stands behind them, in a buffer.
        """
        found: list[bytes] = []
        at = searched = 0
        while len(found) < _DECIDING and at <= len(self._buffer):
            end = self._buffer.find(b"\n", searched)
            if end < 0:
                searched = len(self._buffer)
                self._buffer = self._grown(self._buffer, searched - at)
                if searched < len(self._buffer):
                    continue
                end = searched
            found += filter(None, [self._buffer[at:end].strip()])
            at = searched = end + 1
        first, second, *_ = *found, b"", b""
        return first, second

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        """Yield each line without white space around, and where it begins in the stream."""
        buffer, offset, at, searched = self._buffer, self._offset, 0, 0
        self._buffer = b""
        while at <= len(buffer):
            end = buffer.find(b"\n", searched)
            if end < 0:
                searched = len(buffer) - at
                buffer, offset, at = self._grown(buffer[at:], searched), offset + at, 0
                if searched < len(buffer):
                    continue
                end = searched
            line = buffer[at:end]
            if data := line.strip():
                before = 0 if data[0] == line[0] else line.index(data)
                yield data, offset + at + before
            at = searched = end + 1

    def rest(self) -> bytes:
        """Return what `first` read."""
        return self._buffer

    def _grown(self, buffer: bytes, size: int) -> bytes:
        """Return the buffer with what stands behind it in the stream; its last `size` bytes are of one line."""
        more = self.file.read(_CHUNK)
        if more:
            _check_size(size, self._name, self._meter)
        return buffer + more


def _elements(
    file: _Rest, name: str, meter: _Meter, offset: int = 0, end: re.Pattern[bytes] | None = None
) -> Iterator[Piece]:
    """Yield the elements of a JSON array, at whose bracket the stream stands, `offset` bytes into the file.

    An array of studies is cut where the next study's first key stands; each cut is checked by reading over the element,
    and only an element that fails is scanned token by token. So a broken study spoils no other. `end` is what may stand
    behind the array, beside white space.
    """
    index = 0
    at_end = is_broken = False
    buffer = file.read(_CHUNK)
    start = buffer.index(b"[") + 1
    while True:
        buffer, offset = buffer[start:], offset + start
        for cut in _cut(buffer, at_end=at_end):
            start = cut.end
            if cut.start < cut.end:
                is_broken = cut.problem is not None
                yield _element(name, index, offset, buffer[cut.start : cut.end], cut)
                index += 1
            if cut.is_last:
                rest = buffer[cut.end :] + file.read(_CHUNK)
                if rest.strip() and not (end and end.fullmatch(rest)):
                    problem = f"these bytes stand behind the end of the list, from byte {offset + start:,}: not read"
                    yield Piece(_place(name, index), rest, Kind.JSON_OBJECT, problem)
                return
        if at_end and not is_broken:
            problem = f"the list is cut off at byte {offset + len(buffer):,}: fetch the file again"
            yield Piece(_place(name, index), b"", Kind.EMPTY, problem)
        if at_end:
            return
        _check_size(len(buffer) - start, name, meter)
        more = file.read(max(_CHUNK, len(buffer) - start))
        at_end = not more
        buffer += more


def _element(name: str, index: int, offset: int, data: bytes, cut: _Cut) -> Piece:
    start = offset + cut.start
    problem = f"{cut.problem}, from byte {start:,} of the file" if cut.problem else None
    return Piece(_place(name, index), data, Kind.JSON_OBJECT, problem, offset=start)


def _place(name: str, index: int) -> str:
    return f"{name}#{index}" if name else str(index)


class _Cut(NamedTuple):
    start: int
    end: int
    """Where the element ends; nothing before it is needed any more. An empty cut only says so."""
    problem: str | None = None
    is_last: bool = False
    """Whether the array ends here."""


def _cut(buffer: bytes, *, at_end: bool) -> Iterator[_Cut]:
    """Yield the elements that the buffer holds whole and, at the end of the stream, what is left of one.

    The buffer begins in the array, between elements.
    """
    at = 0
    following = _NEXT.search(buffer)
    while True:
        at = _GAP.match(buffer, at).end()  # type: ignore[union-attr] # matches everywhere
        if following is not None and following.start() < at:
            following = _NEXT.search(buffer, at)
        limit = following.start() if following else len(buffer)
        if at == len(buffer):
            yield _Cut(at, at)
            return
        if buffer.startswith(b"]", at):
            yield _Cut(at, at)
            yield _Cut(at + 1, at + 1, is_last=True)
            return
        # Views, since a copy of all that follows for each of many small elements would take the square of their number.
        view = memoryview(buffer)
        if following and is_json(view[at:limit]):
            end: int | None = limit
        else:
            end = _end_of_value(buffer, at, limit)
            if end is not None and not is_json(view[at:end]):
                end = None
        if end is not None:
            yield _Cut(at, end)
            at = end
        elif following or at_end:
            yield _Cut(at, limit, "its end could not be found" if following else "cut off before its end")
            at = limit
        else:
            yield _Cut(at, at)
            return


def _end_of_value(buffer: bytes, start: int, limit: int) -> int | None:
    """Return where the value that begins at `start` ends, by its brackets; None where it does not."""
    if buffer[start] not in b'{["':
        found = _SCALAR_END.search(buffer, start, limit)
        return found.start() if found else None
    depth = 0
    for token in _TOKEN.finditer(buffer, start, limit):
        mark = buffer[token.start()]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
        if depth <= 0:
            return token.end()
    return None


def is_json(data: bytes | memoryview) -> bool:
    """Whether `data` is one JSON value and nothing else."""
    try:
        _DECODER.decode(data)
    except (ValueError, RecursionError):
        return False
    return True
