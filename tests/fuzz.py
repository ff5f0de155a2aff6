"""Documents mutated at random, and the whole way of one from bytes to checked rows, for the tests beside this file."""

from __future__ import annotations

import copy
import io
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from pipeline.building.readings import READINGS, read_texts
from pipeline.reading.quarantine import check_all
from pipeline.reading.read import Reading, UnreadableError, identify, read
from pipeline.reading.tabulate import tabulate
from pipeline.reading.values import to_values
from pipeline.registers.split import Limits, SplitError, split

_LIMITS: Final = Limits(members=500, total_bytes=1 << 24, document_bytes=1 << 22, ratio=200)
# What readers look for, and what they should not find there.
_PIECES: Final = (
    b"\0", b"\n", b"\n\n", b"\r\n", b"\t", b" ", b"  - ", b"\xe2\x80\xa2 ", b" | ", b"|", b":", b": ", b",", b"(",
    b")", b'"', b"\\",
    b"{", b"}", b"[", b"]", b"<", b">", b"</p>", b"<li>", b"<table>", b"<tr><td>", b"<br>", b"<!--", b"<![CDATA[",
    b"&amp;", b"&#0;",
    b"&#xD800;", b"\\ud800", b"\\u0000", b"null", b"true", b"{}", b"[]", b"-1", b"1e999", b"99999999999", b"0",
    b"NaN",
    b"NCT00000001", b"NCT", b"9999-99-99", b"2020-02-30", b"0000", b"May 2020", b"31/12/1999", b"18 Years", b"N/A",
    b"Completed", b"Phase 1/Phase 2", b"Primary Outcome Measures", b"Inclusion Criteria:", b"Contact: Nobody",
    b"United States",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\xc3\xa9", b"e\xcc\x81", b"\xd9\xa3",
    b"\xe2\x80\xae", b"\x1b[31m",
    b"6 months", b"Day 1 to Day -1", b"every 0 weeks", b"10 mg/kg", b"1,5", b"''", b"--", b"%s",
    b"\xf0\x9f\x87\xab\xf0\x9f\x87\xb7",
)  # fmt: skip


_BATCH: Final = 200


class FaultError(AssertionError):
    """A reader of ours failed on a file, whose bytes it carries."""

    def __init__(self, data: bytes) -> None:
        super().__init__(f"a reader failed on {len(data):,} bytes")
        self.data = data


def batched(items: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """Yield the items in lists of `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def seeds(*folders: Path, most: int = 60_000) -> list[bytes]:
    """The documents to begin with, none very large, in an order that does not depend on the machine."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path.read_bytes() for path in paths if 0 < path.stat().st_size <= most]


def mutate(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Return `data` with one to six things done to it, sometimes with a piece of `other` in it."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 1, 3, 20, 200, 2000)))
        match chance.randrange(9):
            case 0:
                del changed[at:end]
            case 1:
                changed[at:at] = chance.choice(_PIECES)
            case 2:
                changed[at:end] = chance.choice(_PIECES)
            case 3:
                changed[at:at] = changed[at:end] * chance.choice((1, 2, 9))
            case 4:
                changed[at : at + 1] = bytes((chance.randrange(256),))
            case 5:
                start = chance.randrange(len(other) + 1)
                changed[at:end] = other[start : start + chance.choice((5, 50, 500))]
            case 6 if chance.random() < 0.2:
                del changed[at:]
            case 7:
                lines = bytes(changed).split(b"\n")
                first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[first], lines[second] = lines[second], lines[first]
                changed = bytearray(b"\n".join(lines))
            case _:
                lines = bytes(changed).split(b"\n")
                del lines[chance.randrange(len(lines))]
                changed = bytearray(b"\n".join(lines))
    return bytes(changed)


def mutate_study(data: bytes, chance: random.Random) -> bytes:
    """Return a JSON study with values replaced by others of any type: mutated bytes are seldom JSON at all."""
    try:
        tree = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(chance.choice((1, 2, 5, 20))):
        places = list(_places(tree))
        if not places:
            break
        node, key = chance.choice(places)
        value = chance.choice(_VALUES)
        if chance.random() < 0.9 and type(value) is not type(node[key]):
            continue  # most of another type would only be refused
        node[key] = copy.deepcopy(value)
    return msgspec.json.encode(tree)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a tree of JSON: what holds it, and its key there."""
    for key, below in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(below, (dict, list)):
            yield from _places(below)


def mutate_markup(data: bytes, chance: random.Random) -> bytes:
    """Return XML or HTML with words between its tags replaced, and elements repeated or moved: it stays markup."""

    def tag(start: int) -> int:
        return data.find(b">", start) + 1

    for _ in range(chance.choice((1, 2, 5))):
        at = end = tag(chance.randrange(len(data)))
        if not at:
            continue
        for _ in range(chance.choice((1, 1, 2, 6))):
            end = tag(end) or end
        words = data.find(b"<", at)
        match chance.randrange(4):
            case 0:
                data = data[:at] + chance.choice(_PIECES) + data[max(words, at) :]
            case 1:
                data = data[:at] + data[at:end] * 2 + data[end:]
            case 2:
                to = tag(chance.randrange(len(data)))
                data = data[:to] + data[at:end] + data[to:]
            case _:
                data = data[:at] + data[at:end].replace(b"<", b"&lt;") + data[end:]
    return data


_VALUES: Final = (
    None, True, 0, -1, 10**12, 2**31, 1.5, "", " ", "\0", "x" * 300, "9999-99-99", "2020-13", "0",
    "99999999999999", [], {}, [{}], [None],
    ["a", 1], {"a": {"b": []}}, [[]], "NCT00000001", "N/A", "6 months; \n Day -1", "\u202e\x1b[31m",
    "10 mg/kg every 0 weeks",
    "1000000000 Years", "Phase 99", "\ud7ff\ufffe", "2 years, " * 40,
)  # fmt: skip


def whole_way(files: Iterable[bytes]) -> int:
    """Take files the whole way to checked rows, a batch at a time; return how many documents could be read.

    Raises:
        FaultError: with the file's bytes, where a reader of ours failed, or a row that left it breaks the contract.
    """
    readable = 0
    for batch in batched(files, _BATCH):
        readings = [(data, reading) for data in batch for reading in _read(data)]
        readable += len(readings)
        try:
            _rows([reading for _, reading in readings])
        except Exception:  # once more, one at a time, to tell which
            for data, reading in readings:
                try:
                    _rows([reading])
                except Exception as error:
                    raise FaultError(data) from error
            raise
    return readable


def _read(data: bytes) -> Iterator[Reading]:
    """Yield what can be read of a file's first documents."""
    try:
        pieces = [piece for piece in split(io.BytesIO(data), _LIMITS) if not piece.problem]
    except SplitError:
        return
    except Exception as error:
        raise FaultError(data) from error
    for piece in pieces[:20]:
        identity = identify(piece.data)
        try:
            yield read(piece.data, identity, None)
        except UnreadableError as error:
            if error.rule == "reader_failed":
                raise FaultError(data) from error.__cause__


def _rows(readings: Iterable[Reading]) -> None:
    # What is read twice is written once.
    extracted = list({reading.extracted.document_id: reading.extracted for reading in readings}.values())
    if not extracted:
        return
    lengths = {one.document_id: len(one.text) for one in extracted if one.text is not None}
    for contacts, officials in ((False, True), (True, False)):
        values = to_values(tabulate(extracted, contacts=contacts, officials=officials))
        judged = {name: frame for name, frame in values.tables.items() if name != "quarantine"}
        again = check_all(judged)
        if any(one.refused.height for one in again.values()):
            raise AssertionError(f"rows that left the reader break the contract: {again}")
        if (texts := judged.get("document_texts")) is not None:
            for document, text in texts.select("document_id", "text").iter_rows():
                assert len(text) == lengths[document], "the mask shifts the text"
    outcomes = {str(one.time_frame) for each in extracted for one in each.record.outcomes if one.time_frame}
    described = {f"\x1f{one.description}" for each in extracted for one in each.record.interventions if one.description}
    read_texts(READINGS["timepoints"], sorted(outcomes))
    read_texts(READINGS["regimens"], sorted(described))


def stream(originals: list[bytes], seed: int, count: int) -> Iterator[bytes]:
    """Yield `count` mutated documents, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(count):
        data, other = chance.choice(originals), chance.choice(originals)
        if data[:1] in (b"{", b"[") and chance.random() < 0.85:
            yield mutate_study(data, chance)
        elif data[:1] == b"<" and chance.random() < 0.85:
            yield mutate_markup(data, chance)
        else:
            yield mutate(data, other, chance)
