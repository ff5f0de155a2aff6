"""Words of unknown origin, made fit to be shown: in a reason, on a terminal, in a log, as an address.

Here belongs only what keeps a document's or a file's name from steering whatever prints it (control characters, escape
sequences, text that runs backwards, names of 60,000 letters). Values in tables are cleaned by `words`.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 600
"""How many characters of a reason are shown."""

# What no path may bring into an address: controls, the mark before a member, what turns text around, and bytes that
# are no UTF-8 (Python keeps them as lone surrogates). A per cent sign is kept where it could not be taken for a quote.
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f#\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]|%(?=[0-9A-Fa-f]{2})"
)


def printable(text: str, longest: int = LONGEST) -> str:
    r"""Return `text` on one line, with what a terminal would obey written as an escape, cut where it is too long.

    >>> printable("a\n b\x1b[31m")
    'a b\\x1b[31m'
    """
    line = " ".join(text[: 2 * longest].split())
    shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
    return shown if len(shown) <= longest and len(text) <= 2 * longest else f"{shown[:longest]}…"


def quoted(name: str) -> str:
    """Return a path's name as part of an address, percent-encoded where it must be; no two names give the same.

    >>> quoted("page#1.txt"), quoted("100% cure.txt")
    ('page%231.txt', '100% cure.txt')
    """
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found.group())), name)


def _bytes(character: str) -> bytes:
    try:
        return character.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return character.encode("utf-8", "surrogatepass")
