"""Bytes to text, by rules that are recorded.

Here belongs the choice of a document's encoding, in this order: a byte order mark; what the document declares (an XML
declaration, an HTML `<meta charset>`); strict UTF-8; and last Windows-1252, for text that was saved without a word.
Guessing libraries are not used: they change the data (an undeclared Latin-1 page came out as Windows-1250).
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

FALLBACK: Final = "cp1252"

# UTF-32 before UTF-16: its mark begins with the other's.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED: Final = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_HEAD: Final = 4096
# The encodings that the web knows, by Python's names of them (WHATWG Encoding Standard, "Names and labels"). Python has
# more that a page must not choose: some make text out of what is none (UTF-7, escapes of source code), some take the
# square of a text's length (Punycode).
_ENCODINGS: Final = (
    "ascii utf-8 utf-8-sig utf-16 utf-16-le utf-16-be koi8-r koi8-u cp866 cp874 mac-roman mac-cyrillic tis-620 gbk"
    " gb2312 gb18030 hz big5 big5hkscs euc_jp shift_jis cp932 iso2022_jp euc_kr cp949"
)
_KNOWN: Final = frozenset(_ENCODINGS.split()).union(
    (f"iso8859-{part}" for part in range(1, 17)), (f"cp{page}" for page in range(1250, 1259))
)


class UndecodableError(ValueError):
    """Bytes that no rule turns into text without loss."""


class Decoded(NamedTuple):
    """Text, its encoding and the rule that chose it: `BOM`, `DECLARED`, `UTF-8` or `FALLBACK`."""

    text: str
    encoding: str
    rule: str


def decode(data: bytes) -> Decoded:
    """Return the text of `data`.

    Raises:
        UndecodableError: where the chosen encoding does not fit, or two encodings are mixed; it names the byte.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data[len(mark) :], encoding, "its byte order mark"), encoding, "BOM")
    if declared := _declared(data):
        # Declared Latin-1 is read as Windows-1252 everywhere on the web, and a declaration of UTF-16 that can be read
        # byte by byte is wrong (WHATWG Encoding Standard).
        encoding = FALLBACK if declared in ("iso8859-1", "ascii") else declared
        encoding = "utf-8" if encoding.startswith("utf-16") else encoding
        return Decoded(_strict(data, encoding, "its own declaration"), encoding, "DECLARED")
    try:
        return Decoded(data.decode("utf-8"), "utf-8", "UTF-8")
    except UnicodeDecodeError as error:
        if any(byte > "\x7f" and byte != "\ufffd" for byte in data.decode("utf-8", "replace")):
            raise UndecodableError(
                f"mixed encodings: byte {error.start} is not UTF-8 though other bytes are; save the page again as UTF-8"
            ) from None
    return Decoded(
        _strict(data, FALLBACK, "the fallback, as nothing is declared and it is not UTF-8"), FALLBACK, "FALLBACK"
    )


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data, 0, _HEAD)
    if not found:
        return None
    name = (found.group(1) or found.group(2)).decode("ascii")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = name
    if known not in _KNOWN:
        raise UndecodableError(f"it declares the encoding {name[:40]!r}, which no page has; save it again as UTF-8")
    return known


def _strict(data: bytes, encoding: str, reason: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableError(
            f"byte {error.start} is not {encoding}, which it should be by {reason}; save the page again as UTF-8"
        ) from None
