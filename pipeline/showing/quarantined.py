"""Looking into the quarantine of the published warehouse: what was refused, why, and what stands in the document.

Here belongs only the looking, for `trialhouse quarantine list|show`; nothing is changed. A document leaves the
quarantine by being read: every build reads again what is in it, so that a mended file, a raised limit or better code
loads it.
Everything that is returned is fit to be printed (`legible`), and no telephone number or e-mail address is in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from pipeline.archiving.documents import open_file
from pipeline.legible import printable
from pipeline.reading.tabulate import masked
from pipeline.registers.split import Limits, SplitError, split
from pipeline.settings import Settings
from pipeline.showing.published import reading

_LINES: Final = 12
_WIDTH: Final = 160
_LOOKED_AT: Final = 16_384
_VALUE: Final = 2_000

REMEDIES: Final[Mapping[str, str]] = {
    "archive_bomb": "take it away, or raise archive_ratio_limit if its content is real",
    "binary": "save the page as text or HTML",
    "broken_archive": "fetch the archive again",
    "broken_document": "fetch the document again: the others of its file were loaded",
    "broken_study": "download the study again; where the register changed its format, report it",
    "changed_file": "build again once the file is written",
    "empty": "save or download it again",
    "encrypted_archive": "unpack the archive with its password and give what is in it",
    "linked_folder": "name the folder that the link leads to",
    "nested_archive": "unpack the outer archive",
    "nested_list": "give the list of studies itself",
    "not_a_file": "take it away, or save what it gives as a file",
    "not_recognised": "see docs/adding-a-layout.md for pages of a new site; for a known one, report the page",
    "reader_failed": "report it with the document, as far as you may pass it on",
    "retired_format": "download the studies from the register's API v2",
    "too_deep": "download it again: no study is nested so deeply",
    "too_long_line": "save the page again; raise the limit that the reason names if it really has such a line",
    "too_large": "split it, or raise the limit that the reason names",
    "too_many": "split it, or raise the limit that the reason names",
    "too_many_elements": "take it away, or raise the limit that the reason names if its content is real",
    "trial_refused": "see the entry of its row of trials below",
    "undecodable": "save the page again as UTF-8",
    "unknown_xml": "give the register's XML of studies",
    "unreadable_file": "see that the file is there and may be read",
    "unreadable_folder": "allow the folder to be listed",
    "unreadable_manifest": "save the manifest as CSV in UTF-8, with the columns `file` and `url`",
}
"""What to do about a document, by the rule that stopped it. Rows and cells have their remedy in their reason."""


class Entry(NamedTuple):
    """One thing in quarantine: a document, a row or a cell."""

    uri: str
    action: str
    """`DOCUMENT`, `ROW` or `CELL`."""
    rule: str
    reason: str
    table_name: str | None
    column_name: str | None
    value: str | None
    row: str | None
    document_id: str | None
    quarantined_at: datetime


class Shown(NamedTuple):
    """All that is known of one document in quarantine."""

    uri: str
    place: str
    """Where it is looked for: the file, and the member in it."""
    facts: dict[str, str]
    """What `documents` and `files` say of it, without what is NULL."""
    remedies: list[str]
    entries: list[Entry]
    head: list[str]
    """Its first lines, or one that says why there are none."""


class NotInQuarantineError(LookupError):
    """A document of which nothing stands in quarantine; the message names some that are."""


_ENTRIES: Final = f"SELECT {', '.join(Entry._fields)} FROM quarantine"
_ORDER: Final = " ORDER BY uri, action DESC, table_name, column_name, rule, row"


def entries(
    warehouse: Path,
    *,
    rule: str | None = None,
    action: str | None = None,
    table: str | None = None,
    uri: str | None = None,
    limit: int | None = None,
) -> tuple[list[Entry], int]:
    """Return what stands in quarantine, and how many entries there are in all that fit.

    Args:
        warehouse: the published file.
        rule: only what broke this rule.
        action: only `DOCUMENT`, `ROW` or `CELL`, in upper or lower case.
        table: only rows and cells of this table.
        uri: only documents whose place contains these words.
        limit: at most so many.

    Raises:
        published.UnreadableError: where there is no warehouse to look into.
    """
    wanted = {
        "rule = $rule": rule,
        "action = upper($action)": action,
        "table_name = $table": table,
        "contains(uri, $uri)": uri,
    }
    asked = [condition for condition, value in wanted.items() if value is not None]
    given = {"rule": rule, "action": action, "table": table, "uri": uri}
    where = f" WHERE {' AND '.join(asked)}" if asked else ""
    with reading(warehouse) as connection:
        values = {name: value for name, value in given.items() if value is not None}
        rows = connection.execute(f"{_ENTRIES}{where}{_ORDER} LIMIT {limit or 'ALL'}", values).fetchall()
        (count,) = connection.execute(f"SELECT count(*) FROM quarantine{where}", values).fetchone() or (0,)
    return [_entry(row) for row in rows], count


def show(warehouse: Path, document: str, settings: Settings) -> Shown:
    """Return all that is known of one document: what stopped it, what to do, and how it begins.

    Args:
        warehouse: the published file.
        document: its uri, or enough of its end or of its document_id to be told from all others.
        settings: whose `raw` says where files are, and whose limits hold while one is opened.

    Raises:
        NotInQuarantineError: where nothing in quarantine is called so, or several documents are.
        published.UnreadableError: where there is no warehouse to look into.
    """
    with reading(warehouse) as connection:
        found = connection.execute(
            "SELECT DISTINCT uri FROM quarantine WHERE uri = $1 OR ends_with(uri, $1) OR starts_with(document_id, $1) "
            "ORDER BY uri = $1 DESC, uri",
            [document],
        ).fetchall()
        uris = [uri for (uri,) in found]
        if not uris or (len(uris) > 1 and uris[0] != document):
            raise NotInQuarantineError(_unknown(document, uris))
        uri = uris[0]
        rows = connection.execute(f"{_ENTRIES} WHERE uri = ?{_ORDER}", [uri]).fetchall()
        facts = connection.sql(
            "SELECT d.status, d.media_type, f.byte_size, d.source, d.layout, d.dialect, f.encoding, f.encoding_rule, "
            "d.source_url, CAST(d.version_date AS VARCHAR) AS version_date, d.trial_id, d.document_id, d.file_id, "
            "d.code_version FROM documents d LEFT JOIN files f USING (file_id) WHERE d.uri = ? LIMIT 1",
            params=[uri],
        ).pl()
    told = facts.row(0, named=True) if facts.height else {}
    file, _, member = uri.partition("#")
    path = settings.raw.resolve().parent / os.fsdecode(unquote_to_bytes(file))
    kept = [_entry(row) for row in rows]
    return Shown(
        printable(uri),
        printable(f"{path}, {member}" if member else str(path)),
        {name: printable(str(value)) for name, value in told.items() if value is not None},
        list(dict.fromkeys(REMEDIES[one.rule] for one in kept if one.rule in REMEDIES)),
        kept,
        _head(path, member, settings),
    )


def _entry(row: tuple[Any, ...]) -> Entry:
    shown: list[Any] = [printable(masked(value), _VALUE) if isinstance(value, str) else value for value in row]
    return Entry._make(shown)


def _unknown(document: str, uris: list[str]) -> str:
    if not uris:
        return f"nothing in quarantine is called {printable(document)!r}: see `trialhouse quarantine list`"
    return f"{len(uris)} documents in quarantine are called so: {', '.join(map(printable, uris[:5]))}; say more of one"


def _head(path: Path, member: str, settings: Settings) -> list[str]:
    """Return the first lines of a document."""
    limits = Limits(document_bytes=settings.document_bytes_limit, ratio=settings.archive_ratio_limit)
    try:
        with open_file(path) as handle:
            if not member:
                data = handle.read(_LOOKED_AT)
            else:
                data = next((piece.data for piece in split(handle, limits) if piece.name == member), b"")[:_LOOKED_AT]
    except OSError as error:
        told = error.strerror or error
        return [f"({told}; a document of a path that was named to `trialhouse build` is looked for beside raw/)"]
    except SplitError as error:
        return [f"({printable(str(error))})"]
    lines = data.decode("utf-8", "replace").splitlines()[:_LINES]
    return [printable(masked(line[: 2 * _WIDTH]), _WIDTH) for line in lines] or ["(nothing)"]
