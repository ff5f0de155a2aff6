"""The archive: extracted rows, kept between builds beside the digest of the code that made them.

    archive/<code>/files/<key>.parquet       the documents that one file was found to hold
    archive/<code>/parts/<key>/<table>.parquet   the rows of some documents, checked against the contract
    archive/<code>/readings/<name>/<key>.parquet  what distinct texts (time frames, descriptions) were read as
    archive/runs.jsonl                        every build that published

A warehouse is a pure function of the files that are there and this archive; the archive is a pure function of the
documents, so that it may be deleted at any time and costs only the time to read them again. Here belongs where things
lie and that each is written whole or not at all; what they hold is `extract`'s and `build`'s.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

_FACTS: Final = "facts"


class Archive:
    """One archive folder for one digest of the reading code and of the settings that decide rows."""

    def __init__(self, folder: Path, code: str) -> None:
        """Use `folder`, made where it is missing; `code` is the digest."""
        self.root = folder
        self.folder = folder / code
        for name in ("files", "parts", "readings"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def listing(self, key: str) -> Path:
        """Return where the documents of the file with this key are listed."""
        return self.folder / "files" / f"{key}.parquet"

    def write_listing(self, key: str, documents: pl.DataFrame) -> None:
        """Write the list of a file's documents; from then on the file is not opened again."""
        with _whole(self.listing(key)) as place:
            documents.write_parquet(place)

    def write_part(self, tables: Mapping[str, pl.DataFrame], facts: pl.DataFrame) -> None:
        """Write the rows of some documents; `facts` says whose they are."""
        key = _digest(facts["key"].sort())
        target = self.folder / "parts" / key
        if target.exists():
            return
        aside = Path(tempfile.mkdtemp(prefix=".part-", dir=self.folder))
        for name, frame in {**tables, _FACTS: facts}.items():
            if not frame.is_empty():
                frame.write_parquet(aside / f"{name}.parquet", compression="lz4")
        try:
            aside.rename(target)
        except OSError:  # another build wrote the same part meanwhile
            shutil.rmtree(aside)

    def facts(self) -> pl.DataFrame | None:
        """Return what is known of every content that has rows here, one row each, and its `part`; None if none has."""
        files = sorted(self.folder.glob(f"parts/*/{_FACTS}.parquet"))
        if not files:
            return None
        parts = [pl.read_parquet(file).with_columns(part=pl.lit(file.parent.name)) for file in files]
        return pl.concat(parts).unique("key", keep="first", maintain_order=True)

    def table(self, name: str) -> list[str]:
        """Return the Parquet files that hold rows of a table."""
        return [str(path) for path in sorted(self.folder.glob(f"parts/*/{name}.parquet"))]

    def readings(self, name: str) -> list[str]:
        """Return the Parquet files that hold what distinct texts were read as."""
        return [str(path) for path in sorted(self.folder.glob(f"readings/{name}/*.parquet"))]

    def write_reading(self, name: str, frame: pl.DataFrame, texts: Iterable[str]) -> None:
        """Write what some distinct texts were read as."""
        place = self.folder / "readings" / name / f"{_digest(sorted(texts))}.parquet"
        place.parent.mkdir(exist_ok=True)
        with _whole(place) as aside:
            frame.write_parquet(aside, compression="lz4")

    def size(self) -> int:
        """Return how many bytes it holds."""
        return sum(path.stat().st_size for path in self.folder.rglob("*.parquet"))

    def forget_others(self) -> None:
        """Delete what other digests left; called once a warehouse stands on this one."""
        for other in self.root.iterdir():
            if other.is_dir() and other != self.folder:
                shutil.rmtree(other, ignore_errors=True)


def _digest(items: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(item.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:32]


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give a place aside to write to, and put it at `target` in one step when nothing failed."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
