"""Files that were made to do harm, each with what must become of it; the tests beside this file throw them in."""

from __future__ import annotations

import copy
import gzip
import io
import json
import socket
import struct
import warnings
import zipfile
from collections.abc import Callable
from os import mkfifo
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

Make = Callable[[], bytes]


class Case(NamedTuple):
    """A hostile file: its bytes, the entries that it must leave in quarantine, and the trials that it may load."""

    make: Make
    refused: dict[str, tuple[str, str]]
    """By what stands behind the file's uri: the rule, and words that the reason must have (a limit by its name)."""
    trials: tuple[str, ...] = ()
    """What is loaded all the same."""


def study(number: int, **modules: Any) -> dict[str, Any]:
    """A small study of API v2."""
    named = {"nctId": f"NCT{number:08d}", "briefTitle": "A study of nothing", "organization": {}}
    return {"protocolSection": {"identificationModule": named, "statusModule": {}, **modules}}


def as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these members, repeated names and all."""
    data = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


def overlapping(copies: int) -> bytes:
    """A zip whose members share their bytes, each within the ratio that one may have."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", bytes(Random(1).choices(b"abcdefgh \n", k=1 << 18)))  # noqa: S311 - no secret
        first = archive.infolist()[0]
        archive.filelist += [copy.copy(first) for _ in range(1, copies)]
    return data.getvalue()


def encrypted() -> bytes:
    """A zip that says that its member is encrypted."""
    data = bytearray(zipped(("a.json", as_json(study(1)))))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying_about_size() -> bytes:
    """A zip whose directory says that its member is small."""
    data = bytearray(zipped(("a.json", b"{" + b" " * (5 << 20) + b"}")))
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, 100)
    return bytes(data)


def laughs(before: str = "", root: str = "<clinical_study><brief_title>&e9;</brief_title></clinical_study>") -> bytes:
    """The billion laughs."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'{before}<!DOCTYPE clinical_study [<!ENTITY e0 "ha">{entities}]>{root}'.encode()


def page(number: int, rest: bytes = b"", head: bytes = b"") -> bytes:
    """A page of no known site that its labels let be read."""
    told = f"<p>Trial ID: NCT{number:08d}</p><p>Overall Status: Completed</p><p>Allocation: Randomized</p>".encode()
    return b"<html><head>" + head + b"</head><body>" + told + rest + b"</body></html>"


_MILLIONS = 10_000_000
_LABELS = b"Trial ID: NCT00000077\nOverall Status: Completed\nAllocation: Randomized\n"
_EVIL = "'; DROP TABLE trials; -- <script>alert(1)</script> [x](javascript:x) **b** {{7*7}} =1+1 \x1b[31m\u202e"

SMALL: dict[str, Case] = {
    "climbing.zip": Case(
        lambda: zipped(*((name, as_json(study(n))) for n, name in enumerate(("../../a", "/etc/b", "C:\\c"), 1))),
        {},
        ("NCT00000001", "NCT00000002", "NCT00000003"),
    ),
    "repeating.zip": Case(
        lambda: zipped(
            ("a", as_json(study(4))), ("a", as_json(study(5))), ("b", as_json([study(6)])), ("b#0", as_json(study(7)))
        ),
        {},
        ("NCT00000004", "NCT00000005", "NCT00000006", "NCT00000007"),
    ),
    "speaking.zip": Case(
        lambda: zipped(("\x1b[31m\nred", as_json(study(8))), ("x" * 60_000, as_json(study(9))), ("after 2", b"?")),
        {"#after 2 (1)": ("not_recognised", "no known layout")},
        ("NCT00000008", "NCT00000009"),
    ),
    "high.zip": Case(
        lambda: zipped(("good.json", as_json(study(10))), ("bomb.txt", b"\0" * (99 << 20))),
        {"#after 1": ("archive_bomb", "archive_ratio_limit")},
        ("NCT00000010",),
    ),
    "overlapping.zip": Case(lambda: overlapping(700), {"#after ": ("archive_bomb", "archive_ratio_limit")}),
    "lying.zip": Case(lying_about_size, {"#a.json": ("broken_document", "cannot be unpacked")}),
    "encrypted.zip": Case(encrypted, {"": ("encrypted_archive", "password")}),
    "nested.zip": Case(
        lambda: zipped(("in.zip", zipped(("a.json", as_json(study(1)))))), {"": ("nested_archive", "unpack the outer")}
    ),
    "blocks.zip": Case(
        lambda: zipped(("a.txt", b"\0" * (50 << 20)), ("b.json", as_json(study(1))), method=zipfile.ZIP_BZIP2),
        {"#a.txt": ("broken_document", "deflate"), "#b.json": ("broken_document", "deflate")},
    ),
    "cut.zip": Case(
        lambda: zipped(("a.json", as_json(study(11))))[:-30], {"": ("broken_archive", "not a whole zip file")}
    ),
    "bomb.gz": Case(lambda: gzip.compress(b" " * (99 << 20)), {"": ("archive_bomb", "archive_ratio_limit")}),
    "nested.gz": Case(lambda: gzip.compress(gzip.compress(b"x")), {"": ("nested_archive", "unpack the outer")}),
    "laughs.xml": Case(laughs, {"": ("broken_study", "declares entities")}),
    "laughs-hidden.xml": Case(
        lambda: laughs("<!--<clinical_study>-->", '<clinical_study a="&e9;">&e9;</clinical_study>'),
        {"": ("broken_study", "entities")},
    ),
    "laughs-wide.xml": Case(lambda: laughs().decode().encode("utf-16"), {"": ("broken_study", "XML")}),
    "external.xml": Case(
        lambda: (
            b'<!DOCTYPE clinical_study [<!ENTITY x SYSTEM "file:///etc/passwd">]><clinical_study>&x;</clinical_study>'
        ),
        {"": ("broken_study", "declares entities")},
    ),
    "foreign-dtd.xml": Case(
        lambda: (
            b'<!DOCTYPE clinical_study SYSTEM "file:///etc/passwd"><clinical_study><id_info>'
            b"<nct_id>NCT00000012</nct_id></id_info></clinical_study>"
        ),
        {},
        ("NCT00000012",),
    ),
    "deep.xml": Case(lambda: b"<clinical_study>" + b"<a>" * 100_000, {"": ("broken_study", "256 deep")}),
    "blanks.xml": Case(
        lambda: (
            b"<clinical_study" + b" " * 3_000_000 + b"><required_header></required_header>"
            b"<id_info><nct_id>NCT00000013</nct_id></id_info></clinical_study>"
        ),
        {},
        ("NCT00000013",),
    ),
    "deep.html": Case(lambda: page(14, b"<div>" * 100_000), {"": ("too_deep", "page_depth_limit")}),
    "deep.json": Case(
        lambda: b'{"protocolSection":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, {"": ("broken_study", "recursion")}
    ),
    "deep-list.json": Case(lambda: b"[" * 100_000 + b"]" * 100_000, {"": ("too_long_line", "page_line_limit")}),
    "surrogate.json": Case(
        lambda: as_json(study(15)).replace(b"nothing", b"\\ud800"), {"": ("broken_study", "surrogate")}
    ),
    "nul.json": Case(lambda: as_json(study(16)).replace(b"nothing", b"\\u0000 nothing"), {}, ("NCT00000016",)),
    "nul.txt": Case(lambda: b"Overall Status: Completed\0\n" * 3, {"": ("binary", "save the page")}),
    "late-nul.txt": Case(lambda: _LABELS + b"a line\n" * 12_000 + b"\0\0\0\n", {}, ("NCT00000077",)),
    "surrogate.txt": Case(lambda: b"\xff\xfe" + "NCT".encode("utf-16-le") + b"\0\xd8", {"": ("undecodable", "byte 6")}),
    "mixed.txt": Case(lambda: "Größe ".encode() + "Größe".encode("cp1252"), {"": ("undecodable", "mixed encodings")}),
    "utf7.html": Case(
        lambda: page(17, b"+2AA-", b'<meta charset="utf-7">'), {"": ("undecodable", "'utf-7', which no page has")}
    ),
    "escapes.html": Case(
        lambda: page(18, b"\\ud800", b'<meta charset="unicode_escape">'), {"": ("undecodable", "'unicode_escape'")}
    ),
    "punycode.html": Case(
        lambda: page(18, b"a" * 99_999, b'<meta charset="punycode">'), {"": ("undecodable", "'punycode'")}
    ),
    "references.html": Case(lambda: page(19, b"<p>&#xD800; &#0; &#x1b;[31m &#x110000;"), {}, ("NCT00000019",)),
    "picture.html": Case(lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), {"": ("binary", "save the page")}),
    "document.json": Case(lambda: b"%PDF-1.7\n" + page(1), {"": ("binary", "save the page")}),
    "really-json.xml": Case(lambda: as_json(study(20)), {}, ("NCT00000020",)),
    "really-html.json": Case(lambda: page(21), {}, ("NCT00000021",)),
    "numbers.json": Case(
        lambda: as_json(study(22, designModule={"enrollmentInfo": {"count": 999_999_999_999}})), {}, ("NCT00000022",)
    ),
    "endless-number.json": Case(
        lambda: as_json(study(23, designModule={"enrollmentInfo": {"count": 7}})).replace(b":7", b":" + b"9" * 5000),
        {"": ("broken_study", "out of range")},
    ),
    "infinite.json": Case(
        lambda: as_json(study(24, contactsLocationsModule={"locations": [{"geoPoint": {"lat": 7}}]})).replace(
            b":7", b":1e999"
        ),
        {"": ("broken_study", "out of range")},
    ),
    "dates.json": Case(
        lambda: as_json(
            study(25, statusModule={"startDateStruct": {"date": "9999-99-99"}, "statusVerifiedDate": "9" * 500})
        ),
        {},
        ("NCT00000025",),
    ),
    "evil.json": Case(lambda: as_json(evil(26)), {}, ("NCT00000026",)),
    "evil-number.json": Case(
        lambda: as_json(study(1)).replace(b"NCT00000001", b"x'; DROP TABLE trials; --"),
        {"": ("trial_refused", "broke the contract")},
    ),
    "links.json": Case(
        lambda: as_json(
            study(
                27,
                armsInterventionsModule={
                    "armGroups": [{"label": "A"}] * 3000,
                    "interventions": [{"name": "x", "armGroupLabels": ["A"]}] * 3000,
                },
            )
        ),
        {"": ("broken_study", "limit of links")},
    ),
    "unmatched.json": Case(
        lambda: as_json(
            study(
                28,
                armsInterventionsModule={
                    "armGroups": [{"label": f"A{n}", "interventionNames": [f"Z{n}"]} for n in range(9000)],
                    "interventions": [{"name": f"x{n}", "armGroupLabels": [f"B{n}"]} for n in range(9000)],
                },
            )
        ),
        {},
        ("NCT00000028",),
    ),
    "criteria.json": Case(
        lambda: as_json(study(29, eligibilityModule={"eligibilityCriteria": "* a\n" + "b b\n" * 300_000})),
        {},
        ("NCT00000029",),
    ),
    "long-time.json": Case(
        lambda: as_json(
            study(30, outcomesModule={"primaryOutcomes": [{"measure": "m", "timeFrame": "6 months, " * 9000}]})
        ),
        {},
        ("NCT00000030",),
    ),
    "small-and-study.json": Case(
        lambda: b"[" + b"{}," * 20_000 + as_json(study(31)) + b"]",
        {f"#{n}": ("broken_study", "$.protocolSection") for n in range(0, 20_000, 4999)},
        ("NCT00000031",),
    ),
}
"""Files of some megabytes at most, or that must be refused before they are more."""

LARGE: dict[str, Case] = {
    "line.txt": Case(lambda: _LABELS + b"x" * (50 << 20), {"": ("too_large", "page_bytes_limit")}),
    "shorter-line.txt": Case(lambda: _LABELS + b"x y " * 50_000, {"": ("too_long_line", "page_line_limit")}),
    "lines.txt": Case(lambda: _LABELS + b"x\n" * 2_000_000, {"": ("too_many_elements", "page_elements_limit")}),
    "line.json": Case(lambda: b'{"a":"' + b"x" * (70 << 20) + b'"}', {"": ("too_large", "document_bytes_limit")}),
    "elements.json": Case(
        lambda: as_json(study(32, outcomesModule={"primaryOutcomes": [7]})).replace(
            b"7", b",".join([b"{}"] * _MILLIONS)
        ),
        {"": ("too_many_elements", "document_elements_limit")},
    ),
    "outcomes.json": Case(
        lambda: as_json(
            study(33, outcomesModule={"primaryOutcomes": [{"measure": "m", "timeFrame": "w"}] * 1_000_000})
        ),
        {"": ("too_many_elements", "document_elements_limit")},
    ),
    "elements.xml": Case(
        lambda: b"<clinical_study>" + b"<x/>" * _MILLIONS + b"</clinical_study>",
        {"": ("too_many_elements", "document_elements_limit")},
    ),
    "elements.html": Case(lambda: page(34, b"<p></p>" * 2_000_000), {"": ("too_many_elements", "page_elements_limit")}),
    "more-elements.html": Case(lambda: page(34, b"<p></p>" * _MILLIONS), {"": ("too_large", "document_bytes_limit")}),
}
"""Files of tens of megabytes."""


def evil(number: int) -> dict[str, Any]:
    """A study with words in every field that mean something to a database, a browser, a terminal or a spreadsheet."""
    words = [_EVIL]
    return study(
        number,
        descriptionModule={"briefSummary": _EVIL, "detailedDescription": _EVIL},
        conditionsModule={"conditions": words, "keywords": words},
        sponsorCollaboratorsModule={"leadSponsor": {"name": _EVIL, "class": _EVIL}},
        armsInterventionsModule={
            "armGroups": [{"label": _EVIL, "type": _EVIL, "description": _EVIL, "interventionNames": words}],
            "interventions": [{"name": _EVIL, "type": _EVIL, "description": _EVIL, "otherNames": words}],
        },
        outcomesModule={"primaryOutcomes": [{"measure": _EVIL, "description": _EVIL, "timeFrame": _EVIL}]},
        eligibilityModule={"eligibilityCriteria": f"* {_EVIL}", "sex": _EVIL, "minimumAge": _EVIL},
        contactsLocationsModule={
            "locations": [{"facility": _EVIL, "city": _EVIL, "country": _EVIL, "status": _EVIL}],
            "overallOfficials": [{"name": _EVIL, "role": _EVIL, "affiliation": _EVIL}],
        },
        **{_EVIL: _EVIL},
    )


def write(folder: Path, cases: dict[str, Case]) -> None:
    """Write the files."""
    for name, case in cases.items():
        (folder / name).write_bytes(case.make())


def write_no_files(folder: Path) -> dict[str, str]:
    """Put into the folder what a careless program would wait at or run round in; return their rules by name."""
    mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "tty").symlink_to("/dev/tty")
    (folder / "self").symlink_to(folder / "self")
    (folder / "up").symlink_to(folder)
    (folder / "nowhere").symlink_to(folder / "gone")
    deep = folder
    for _ in range(1200):  # deeper than Python's own stack
        deep = deep / "d"
        deep.mkdir()
    return {
        "pipe": "not_a_file",
        "socket": "not_a_file",
        "zero": "not_a_file",
        "tty": "not_a_file",
        "self": "unreadable_file",
        "up": "linked_folder",
        "nowhere": "unreadable_file",
    }
