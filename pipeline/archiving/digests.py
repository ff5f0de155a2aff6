"""A set of SHA-256 digests in little memory: two million take 64 MB, in a set of Python's five times as much.

Here belongs only the looking up. What the digests are of is the caller's business.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_LENGTH: Final = 32
_BUCKETS: Final = 1 << 16
_SLICE: Final = 100_000


class Digests:
    """Digests in order, found by their first two bytes: those that share them stand together, and are few."""

    def __init__(self, digests: pl.Series) -> None:
        """Take the digests, as hexadecimal texts; one that is there twice counts twice."""
        ordered = digests.drop_nulls().str.decode("hex").sort()
        slices = (ordered.slice(start, _SLICE) for start in range(0, len(ordered), _SLICE))
        self._all = b"".join(b"".join(one) for one in slices)
        first = ordered.bin.slice(0, 2).bin.reinterpret(dtype=pl.UInt16, endianness="big")
        self._starts = first.search_sorted(pl.int_range(_BUCKETS + 1, eager=True)).to_list()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all) // _LENGTH

    def __contains__(self, digest: str) -> bool:
        """Whether the digest, a hexadecimal text, is there."""
        wanted = bytes.fromhex(digest)
        bucket = wanted[0] << 8 | wanted[1]
        at = self._all.find(wanted, self._starts[bucket] * _LENGTH, self._starts[bucket + 1] * _LENGTH)
        return at >= 0 and at % _LENGTH == 0
