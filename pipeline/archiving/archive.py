"""The archive: extracted rows, kept between builds beside the digest of the code that made them.

    archive/<code>/files/<key>.parquet       the documents that one file was found to hold
    archive/<code>/parts/<key>/<table>.parquet   the rows of some documents, checked against the contract
    archive/<code>/inventories/<run>/         what the latest runs found
    archive/<code>/base/                      the last file that was filled whole, and from which documents
    archive/<code>/readings/<name>/<key>.parquet  what distinct texts (time frames, descriptions) were read as
    archive/versions/<n>/<table>.parquet      what documents said that are gone, under no code's digest
    archive/runs.jsonl                        every build that published

A warehouse is a pure function of the files that are there and this archive. All of it but `versions` and `runs.jsonl`
is a pure function of the documents, so that it may be deleted at any time and costs only the time to read them again;
`versions` is the only memory of what files said that are gone. Here belongs where things lie and that each is written
whole or not at all; what they hold is `extract`'s, `versions`' and `build`'s.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

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
"""What is known of each content that has rows here. `extracted_id` is the document_id that the rows carry; `trial_id`
is NULL where the contract refused the trial itself."""

_GROUP: Final = 1 << 15
"""How many documents of a list are unpacked together: whoever needs a slice of it needs not unpack all."""
_FACTS: Final = "facts"
_VERSIONS: Final = "versions"
_INVENTORIES: Final = "inventories"
_INVENTORIES_KEPT: Final = 5
"""How many: builds may run at once, and a build that failed may be taken up again."""


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

    def read_listing(self, key: str) -> pl.DataFrame | None:
        """Return the list of a file's documents; None where there is none, or a lost power supply left half of it."""
        try:
            return pl.read_parquet(self.listing(key))
        except (OSError, pl.exceptions.PolarsError):
            return None

    def scan_listings(self, keys: Iterable[str]) -> pl.LazyFrame:
        """Return the lists of the documents of some files, one after another, with the file's key as `listing`."""
        rows = pl.scan_parquet([self.listing(key) for key in keys], include_file_paths="listing", glob=False)
        return rows.with_columns(pl.col("listing").str.split("/").list.last().str.strip_suffix(".parquet"))

    def write_listing(self, key: str, documents: pl.DataFrame | pl.LazyFrame) -> None:
        """Write the list of a file's documents; from then on the file is not opened again."""
        with _whole(self.listing(key)) as place:
            # One that is in memory is written at once: a query costs a thousand small lists half a second.
            write = documents.write_parquet if isinstance(documents, pl.DataFrame) else documents.sink_parquet
            write(place, compression="lz4", statistics=False, row_group_size=_GROUP)

    def keep_aside(self, documents: pl.DataFrame) -> Path:
        """Write documents of a list that is still growing; return where. Whoever asks deletes it."""
        handle, name = tempfile.mkstemp(prefix=_aside(), suffix=".parquet", dir=self.folder / "files")
        os.close(handle)
        documents.write_parquet(name, compression="lz4", statistics=False)
        return Path(name)

    def write_part(self, tables: Mapping[str, pl.DataFrame], facts: pl.DataFrame) -> str:
        """Write the rows of some documents; `facts` says whose they are. Return the name of the part."""
        part = _digest(facts["key"].sort())
        target = self.folder / "parts" / part
        if not target.exists():
            _write_folder(target, {**tables, _FACTS: facts}, aside=self.folder)
        return part

    def forget_part(self, part: str) -> None:
        """Delete a part, in one step for whoever reads."""
        aside = self.folder / f"{_aside()}{part}"
        (self.folder / "parts" / part).rename(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def forget_listings(self, present: Iterable[str]) -> None:
        """Delete the lists of the documents of files that are not there."""
        there = set(present)
        for path in (self.folder / "files").glob("*.parquet"):
            if path.stem not in there:
                path.unlink(missing_ok=True)

    def facts(self, parts: Iterable[str] | None = None) -> pl.LazyFrame:
        """Return what is known of every content that has rows here, and its `part`; only some `parts` where given.

        Two parts may hold one content: the first in the order of their names counts.
        """
        files = self.table(_FACTS, parts)
        if not files:
            return pl.LazyFrame(schema={**FACTS, "part": pl.String})
        rows = pl.scan_parquet(files, include_file_paths="part", glob=False)
        return rows.with_columns(pl.col("part").str.split("/").list.get(-2))

    def table(self, name: str, parts: Iterable[str] | None = None) -> list[str]:
        """Return the Parquet files that hold rows of a table; only those of some `parts` where they are given."""
        wanted = None if parts is None else set(parts)
        files = sorted(self.folder.glob(f"parts/*/{name}.parquet"))
        return [str(file) for file in files if wanted is None or file.parent.name in wanted]

    def readings(self, name: str) -> list[str]:
        """Return the Parquet files that hold what distinct texts were read as."""
        return [str(path) for path in sorted(self.folder.glob(f"readings/{name}/*.parquet"))]

    def write_reading(self, name: str, frame: pl.DataFrame, texts: Iterable[str]) -> None:
        """Write what some distinct texts were read as."""
        place = self.folder / "readings" / name / f"{_digest(sorted(texts))}.parquet"
        place.parent.mkdir(exist_ok=True)
        with _whole(place) as aside:
            frame.write_parquet(aside, compression="lz4")

    def write_versions(self, tables: Mapping[str, pl.DataFrame], facts: pl.DataFrame) -> None:
        """Write the rows of documents that are gone, after all that was written before."""
        folder = self.root / _VERSIONS
        folder.mkdir(exist_ok=True)
        written = False
        while not written:
            number = max((int(one.name) for one in self._versions()), default=0) + 1
            written = _write_folder(folder / f"{number:06}", {**tables, _FACTS: facts}, aside=folder)

    def versions(self, name: str = _FACTS) -> list[str]:
        """Return the Parquet files that hold a table's rows of documents that are gone, the first written first."""
        return [str(file) for folder in self._versions() if (file := folder / f"{name}.parquet").exists()]

    def _versions(self) -> list[Path]:
        return sorted((self.root / _VERSIONS).glob("[0-9]*"))

    def all(self) -> list[Archive]:
        """Return the archives of all digests that are there, this one's last."""
        others = sorted(set(self._digests()) - {self.folder})
        return [*(Archive(self.root, folder.name) for folder in others), self]

    def _digests(self) -> list[Path]:
        return [
            path for path in self.root.iterdir() if path.is_dir() and path.name != _VERSIONS and path.name[0] != "."
        ]

    @property
    def base(self) -> Path:
        """The folder of the last file that was filled whole, and of what it was filled from."""
        return self.folder / "base"

    def keep_base(self, write: Callable[[Path], None]) -> None:
        """Let `write` fill the base's folder anew, whole or not at all."""
        place = Path(tempfile.mkdtemp(prefix=_aside(), dir=self.folder))
        try:
            write(place)
            shutil.rmtree(self.base, ignore_errors=True)
            place.rename(self.base)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def size(self) -> int:
        """Return how many bytes it holds."""
        return sum(path.stat().st_size for path in self.folder.rglob("*.parquet"))

    def keep_inventory(self, run: str, save: Callable[[Path], None]) -> None:
        """Let `save` write what a run found into a folder of the run's own, whole or not at all."""
        folder = self.folder / _INVENTORIES
        folder.mkdir(exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=_aside(), dir=folder))
        try:
            save(place)
            target = folder / _digest([run])
            shutil.rmtree(target, ignore_errors=True)
            place.rename(target)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        for old in self._inventories()[:-_INVENTORIES_KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def inventory(self, run: str | None = None) -> Path:
        """Return where the inventory of a run is, else the latest."""
        own = self.folder / _INVENTORIES / _digest([run or ""])
        return own if own.exists() else (self._inventories() or [own])[-1]

    def _inventories(self) -> list[Path]:
        there = (path for path in (self.folder / _INVENTORIES).glob("[0-9a-f]*") if path.is_dir())
        return sorted(there, key=lambda path: path.stat().st_mtime_ns)

    def sweep(self) -> None:
        """Delete what killed builds left half-written."""
        for place in ("", "files", "readings/*", _INVENTORIES, f"../{_VERSIONS}"):
            for left in filter(_is_left, self.folder.glob(f"{place}/.aside-*".lstrip("/"))):
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)

    def forget_others(self) -> None:
        """Delete what other digests left; called once a warehouse stands on this one and `versions` were kept."""
        for other in self._digests():
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)


def _write_folder(target: Path, tables: Mapping[str, pl.DataFrame], *, aside: Path) -> bool:
    """Write the tables that have rows into the folder `target`, whole or, where another was faster, not at all."""
    place = Path(tempfile.mkdtemp(prefix=_aside(), dir=aside))
    try:
        for name, frame in tables.items():
            if not frame.is_empty():
                # Rows are read whole or by their part: nobody asks for the least and the greatest value of a column.
                frame.write_parquet(place / f"{name}.parquet", compression="lz4", statistics=False)
        place.rename(target)
    except BaseException as error:
        shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, OSError) and target.exists():
            return False
        raise
    return True


def _aside() -> str:
    """Return how the names of what is being written begin: they say by whom."""
    return f".aside-{os.getpid()}-"


def _is_left(path: Path) -> bool:
    """Whether nobody writes this any more: its process is gone."""
    writer = path.name.split("-")[1]
    try:
        os.kill(int(writer), 0)
    except (ProcessLookupError, ValueError):
        return True
    except OSError:  # it is there, and somebody else's
        return False
    return False


def _digest(items: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(item.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:32]


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give a place aside to write to, and put it at `target` in one step when nothing failed."""
    handle, name = tempfile.mkstemp(prefix=_aside(), suffix=target.suffix, dir=target.parent)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
