"""Files to documents: what is there, what each file holds, and where a document's address comes from.

Here belongs finding files under the paths that were given, opening those that hold many documents and reading the
`manifest.csv` beside saved pages. What a document says is `read`'s business; a file's name never tells its kind.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.decode import UndecodableError, decode

MANIFEST: Final = "manifest.csv"
SAMPLE: Final = "sample"
# What people call the two columns of a manifest.
_FILE_HEADERS: Final = ("file", "filename", "file_name", "path", "name", "document", "uri")
_ADDRESS_HEADERS: Final = ("url", "address", "source_url", "link", "href")


class NoFilesError(ValueError):
    """The paths that were given hold no document at all."""


class File(NamedTuple):
    """A file that was found."""

    path: Path
    uri: str
    """Its path relative to the parent of the path that was given."""
    url: str | None
    """Its address on the web, where a manifest beside it says so."""


class Found(NamedTuple):
    """What the paths hold."""

    files: tuple[File, ...]
    problems: tuple[tuple[str, str, str], ...]
    """Things that could not be looked into: uri, rule, reason."""
    is_sample: bool
    """Whether only the project's own sample was found."""


def find(paths: Iterable[Path], raw: Path) -> Found:
    """Return every file under `paths`, in the order of their uris.

    Hidden files are left out, as are folders behind symbolic links (they may lead in a circle); a `manifest.csv` is no
    document. The sample that comes with the project, in `raw`, counts only where it is named or nothing else is there.

    Raises:
        NoFilesError: where a path does not exist, two paths would give the same uri, or there is no file at all.
    """
    problems: list[tuple[str, str, str]] = []
    files: dict[str, Path] = {}
    manifests: list[Path] = []
    given = [Path(path) for path in paths]
    for top in given:
        if not top.exists():
            raise NoFilesError(f"{top} does not exist: name a file or a folder of documents")
        base = top.resolve().parent
        for path in _walk(top.resolve(), base, problems):
            uri = path.relative_to(base).as_posix()
            if files.setdefault(uri, path) != path:
                raise NoFilesError(f"{path} and {files[uri]} would both be {uri!r}: build them from a common folder")
            if path.name == MANIFEST:
                manifests.append(path)
    sample = (raw / SAMPLE).resolve()
    in_sample = {uri for uri, path in files.items() if path.is_relative_to(sample)}
    is_sample = bool(in_sample) and len(in_sample) == len(files)
    if not is_sample and not any(top.resolve().is_relative_to(sample) for top in given):
        files = {uri: path for uri, path in files.items() if uri not in in_sample}
    addresses: dict[Path, str] = {}
    for manifest in manifests:
        addresses.update(_manifest(manifest, next(u for u, p in files.items() if p == manifest), problems))
    listed = tuple(File(path, uri, addresses.get(path)) for uri, path in sorted(files.items()) if path.name != MANIFEST)
    if not listed and not problems:
        raise NoFilesError(
            f"no documents under {', '.join(map(str, given))}: put saved pages or register files there, "
            "or name the folder that has them"
        )
    return Found(listed, tuple(problems), is_sample)


def _walk(top: Path, base: Path, problems: list[tuple[str, str, str]]) -> Iterator[Path]:
    if not top.is_dir():
        yield top
        return
    try:
        entries = sorted(top.iterdir())
    except OSError as error:
        problems.append(
            (
                top.relative_to(base).as_posix(),
                "unreadable_folder",
                f"{error.strerror}: allow it to be listed and build again",
            )
        )
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _walk(entry, base, problems)
        else:
            yield entry


def _manifest(path: Path, uri: str, problems: list[tuple[str, str, str]]) -> dict[Path, str]:
    """Return the addresses that a manifest gives to the files beside it."""
    try:
        rows = list(csv.reader(io.StringIO(decode(path.read_bytes()).text, newline="")))
    except (OSError, UndecodableError, csv.Error) as error:
        problems.append((uri, "unreadable_manifest", f"{error}: save it as CSV in UTF-8"))
        return {}
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    file = next((header.index(name) for name in _FILE_HEADERS if name in header), None)
    address = next((header.index(name) for name in _ADDRESS_HEADERS if name in header), None)
    if file is None or address is None:
        problems.append((uri, "unreadable_manifest", "its first line must name the columns `file` and `url`"))
        return {}
    named = [row for row in rows[1:] if len(row) > max(file, address) and row[address].strip()]
    return {(path.parent / row[file].strip()).resolve(): row[address].strip() for row in named}
