"""What bytes are, told from their beginning and never from a name.

Only kinds of bytes: which layout or register a document is in, and how text is decoded, is decided elsewhere.
"""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from typing import Final

HEAD: Final = 65_536
"""How many bytes from the beginning are looked at."""


class Kind(StrEnum):
    """A kind of bytes."""

    EMPTY = "empty"
    """Nothing, or white space only."""
    JSON_OBJECT = "json_object"
    """One JSON object: a study, a page of the API, or the first line of NDJSON where that is longer than the head."""
    JSON_ARRAY = "json_array"
    NDJSON = "ndjson"
    XML_STUDY = "xml_study"
    """The register's XML of one study."""
    XML = "xml"
    """Any other XML."""
    HTML = "html"
    TEXT = "text"
    ZIP = "zip"
    GZIP = "gzip"
    BINARY = "binary"


CONTAINERS: Final = frozenset({Kind.ZIP, Kind.GZIP, Kind.JSON_ARRAY, Kind.JSON_OBJECT, Kind.NDJSON})
"""Kinds that may hold several documents: `registers.split` opens them."""

_MAGIC: Final = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),  # a zip without members
    (b"\x1f\x8b", Kind.GZIP),
    (b"%PDF-", Kind.BINARY),  # its head may look like text
    (b"{\\rtf", Kind.BINARY),
)
_WIDE: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS: Final = (*(magic for magic, _ in _MAGIC), *_WIDE)
_JSON_OBJECT: Final = re.compile(rb'\{\s*(?:"|\}|$)')
_JSON_ARRAY: Final = re.compile(rb"\[\s*(?:[{\]]|$)")
# What may stand before the root: declaration, comments, instructions, a document type without or with a subset.
_PROLOG: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+(?!html)[^\[>]*(?:\[.*?\]\s*)?>)+", re.S | re.I)
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.:-]*)[\s/>]")
_HTML: Final = re.compile(
    rb"<!DOCTYPE\s+html|<(?:html|head|body|title|meta|link|script|style|base|div|main|article|section|header|nav"
    rb"|table|h[1-6]|p|ul|ol|dl|span|a|form|br|center|font)\b[^<>]*>",
    re.I,
)
_HTML_INSIDE: Final = re.compile(rb"<(?:html|head|body)\b[^<>]*>|<!DOCTYPE\s+html", re.I)
# Control characters that no text file has; tab, line feeds, form feed and escape are let through.
_CONTROL: Final = bytes(code for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1b") + b"\x7f"


def sniff(data: bytes) -> Kind:
    """Return what `data`, a document or its beginning, is; the first `HEAD` bytes decide."""
    if data.startswith(b'{"'):  # as every study does, of many
        return _sniff_object(data[:HEAD])
    head = data[:HEAD]
    if head.startswith(_MARKS):
        for magic, kind in _MAGIC:
            if head.startswith(magic):
                return kind
        return _sniff_wide(head, next(mark for mark in _WIDE if head.startswith(mark)))
    body = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not body:
        return Kind.EMPTY if len(data) <= HEAD or not data[HEAD:].strip() else Kind.TEXT
    return _sniff_text(body)


def _sniff_wide(head: bytes, mark: bytes) -> Kind:
    """Return the kind of UTF-16 or UTF-32; JSON in these is no JSON by its standard, so it stays text."""
    encoding = "utf-32" if len(mark) == 4 else "utf-16"
    body = head.decode(encoding, errors="ignore").lstrip().encode(errors="ignore")
    kind = _sniff_text(body) if body else Kind.EMPTY
    return Kind.TEXT if kind in CONTAINERS else kind


def _sniff_object(body: bytes) -> Kind:
    end = body.find(b"\n")
    is_record = end >= 0 and body[:end].rstrip().endswith(b"}") and body[end:].lstrip().startswith(b"{")
    return Kind.NDJSON if is_record else Kind.JSON_OBJECT


def _sniff_text(body: bytes) -> Kind:
    first = body[:1]
    if first == b"{" and _JSON_OBJECT.match(body):
        return _sniff_object(body)
    if first == b"[" and _JSON_ARRAY.match(body):
        return Kind.JSON_ARRAY
    if first == b"<":
        prolog = _PROLOG.match(body)
        start = prolog.end() if prolog else 0
        if _HTML.match(body, start):
            return Kind.HTML
        if root := _ROOT.match(body, start):
            if root[1] == b"clinical_study":
                return Kind.XML_STUDY
            return Kind.HTML if _HTML_INSIDE.search(body) and not body.startswith(b"<?xml") else Kind.XML
    if body.translate(None, _CONTROL) != body:
        return Kind.BINARY
    return Kind.HTML if _HTML_INSIDE.search(body) else Kind.TEXT
