"""The report: one HTML page on what is in a warehouse, how complete it is, what did not fit, and what changed.

Here belongs what the page tells: the queries and the words around the numbers. How charts are drawn is `charts`', how
the page looks is `report.html.jinja`'s.

The page needs no network and runs no script; every value that comes from a document is escaped by the template. It
shows no personal data: no rows of tables with persons, and no words that no rule read.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
from markupsafe import Markup

from pipeline.archiving.code_version import report_version
from pipeline.settings import Settings
from pipeline.showing.published import reading
from pipeline.showing.wording import code, day, phases, plain, short, size
from schemas import TABLES, Section

GENERATOR: Final = '<meta name="generator" content="Trialhouse">'
_MADE_FROM: Final = '<meta name="made-from" content="{}">'
_HEAD_BYTES: Final = 1000
READS: Final = (
    *(name for name, table in TABLES.items() if table.section is Section.TRIALS),
    "sources",
    "files",
    "documents",
    "unread_lines",
    "conflicts",
    "quarantine",
    "unmapped_terms",
    "runs",
    "warehouse_info",
    "data_dictionary",
)
"""The tables that the page tells of."""

_EXAMPLES: Final = 12
_TERMS: Final = 30
_CELL: Final = 90


class ReportError(RuntimeError):
    """No report was written; the message says why and what to do."""


class Fill(NamedTuple):
    """How full one column is."""

    name: str
    share: float


class TableFill(NamedTuple):
    """How full a table is."""

    name: str
    description: str
    rows: int
    columns: tuple[Fill, ...]


class Written(NamedTuple):
    """A report that is there."""

    file: Path
    drawn: bool
    """Whether it was drawn now; else it was there and says what it would say."""


def prepare() -> None:
    """Load what draws, aside: a second's work, which whoever is about to need a report can do meanwhile."""

    def load() -> None:
        from pipeline.showing import charts, figures  # noqa: F401 - loaded, not used

        charts.start()

    threading.Thread(target=load).start()


def refresh(settings: Settings) -> Written:
    """Write the report on the published warehouse to its place, unless the one that is there was drawn from the same.

    Raises:
        UnreadableError, ReportError: as `write` does.
    """
    target = settings.report
    with reading(settings.warehouse) as connection:
        mark = _MADE_FROM.format(_made_from(connection, settings.warehouse.name, None))
    if mark.encode() in _head(target):
        return Written(target, drawn=False)
    return Written(write(settings), drawn=True)


def write(
    settings: Settings, file: Path | None = None, *, trial: str | None = None, now: datetime | None = None
) -> Path:
    """Write the report on the published warehouse, and return where.

    Args:
        settings: which warehouse, and where the report goes by default.
        file: where to write instead; a report that is there is replaced.
        trial: whose schedule of assessments is drawn; without it the trial that shows most.
        now: the moment that the page gives as its own.

    Raises:
        UnreadableError: where the warehouse cannot be read.
        ReportError: where the trial is unknown or the file cannot be written.
    """
    target = file or settings.report
    _may_replace(target)
    with reading(settings.warehouse, memory_limit=settings.memory_limit) as connection:
        page = render(connection, settings.warehouse.name, trial=trial, now=now or datetime.now(UTC))
    aside = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}-", delete=False
        ) as handle:
            aside = Path(handle.name)
            handle.write(page)
        aside.chmod(0o666 & ~_umask())
        aside.replace(target)
    except OSError as error:
        raise ReportError(f"{target} cannot be written ({error.strerror}): name another file") from None
    finally:
        if aside:
            aside.unlink(missing_ok=True)
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _head(target: Path) -> bytes:
    """Return the beginning of a file; nothing where it is not there.

    Raises:
        ReportError: where it cannot be read.
    """
    try:
        with target.open("rb") as handle:
            return handle.read(_HEAD_BYTES)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ReportError(f"{target} cannot be written ({error.strerror}): name another file") from None


def _may_replace(target: Path) -> None:
    if target.exists() and GENERATOR.encode() not in _head(target):
        raise ReportError(f"{target} is there and is no report of Trialhouse: name another file or move it away")


def _made_from(connection: duckdb.DuckDBPyConnection, name: str, trial: str | None) -> str:
    """Return a digest of all that decides what the page says, but for the moment that it gives as its own."""
    info = _one(
        connection, "SELECT content_digest, (SELECT max(finished_at) FROM runs) AS finished FROM warehouse_info"
    )
    told = f"{info.get('content_digest')} {info.get('finished')} {report_version()} {name} {trial}"
    return hashlib.sha256(told.encode()).hexdigest()


def render(connection: duckdb.DuckDBPyConnection, name: str, *, trial: str | None, now: datetime) -> str:
    """Return the page on an open warehouse that is called `name`.

    Raises:
        ReportError: where the trial is unknown.
    """
    import jinja2

    from pipeline.showing import figures  # loads Altair, which takes longer than to see that nothing is to be drawn

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"number": "{:,}".format, "short": _short, "share": _percent, "code": code, "day": day}
    # What draws is no Python: rows are counted and the template is read meanwhile.
    with ThreadPoolExecutor(1) as aside:
        charts = [aside.submit(draw, connection.cursor()) for draw in figures.AT_A_GLANCE]
        schedule = aside.submit(_chosen, connection.cursor(), trial)
        template = environment.get_template("report.html.jinja")
        told = {
            "name": name,
            "now": now,
            "generator": Markup(GENERATOR + _MADE_FROM.format(_made_from(connection, name, trial))),  # noqa: S704 - our own
            "info": _one(connection, "FROM warehouse_info"),
            "facts": _facts(connection),
            "origins": _all(connection, _ORIGINS),
            "fills": _fills(connection),
            "quarantine": _quarantine(connection),
            "unread": _all(connection, _UNREAD),
            "conflicts": _all(connection, _CONFLICTS),
            "disagreeing": _all(connection, f"{_DISAGREEING} LIMIT {_EXAMPLES}", _named_persons()),
            "terms": _all(connection, f"{_UNMAPPED} LIMIT {_TERMS}"),
            "changes": _changes(connection),
            "sources": _all(connection, _SOURCES),
        }
        return template.render(told, charts=[chart.result() for chart in charts], trial=schedule.result())


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever the template prints
    """Return what the template prints of a value: nothing for NULL, and no letters that cannot be seen."""
    if value is None:
        return ""
    return plain(value) if type(value) is str else value


def _short(values: Iterable[str] | None) -> str:
    """Return values in a row, each cut to what a cell of a table can show."""
    return "; ".join(short(plain(value), _CELL) for value in values or ())


def _percent(share: float) -> str:
    """Return a share; only what is whole says 0 or 100.

    >>> _percent(1.0), _percent(0.9999), _percent(0.0001), _percent(0.42)
    ('100%', '>99%', '<1%', '42%')
    """
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def _all(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - SQL's
    found = connection.execute(query, values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _one(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> dict[str, Any]:  # noqa: ANN401 - SQL's
    return (_all(connection, query, *values) or [{}])[0]


# --- what was loaded --------------------------------------------------------------------------------------------------

_ORIGINS: Final = """
SELECT source, layout, count(*) AS documents, count(DISTINCT trial_id) AS trials,
       count(*) FILTER (status = 'LOADED') AS loaded, count(*) FILTER (status = 'QUARANTINED') AS quarantined,
       count(*) FILTER (status = 'DUPLICATE') AS duplicates, min(version_date) AS first, max(version_date) AS last
FROM documents GROUP BY source, layout ORDER BY documents DESC, source, layout
"""

_SOURCES: Final = """
SELECT s.source, s.attribution, s.home_url, s.terms_url, count(*) AS documents, max(d.version_date) AS last
FROM documents d JOIN sources s USING (source) WHERE d.status = 'LOADED' GROUP BY ALL ORDER BY documents DESC, s.source
"""

_UNREAD: Final = """
SELECT d.layout, d.dialect, count(DISTINCT d.document_id) AS documents, count(u.document_id) AS lines,
       count(DISTINCT u.document_id) AS with_unread
FROM documents d LEFT JOIN unread_lines u USING (document_id) WHERE d.status = 'LOADED'
GROUP BY ALL HAVING lines > 0 ORDER BY lines DESC, d.layout, d.dialect
"""

_CONFLICTS: Final = """
SELECT field, kind, count(DISTINCT trial_id) AS trials, count(*) AS told FROM conflicts
GROUP BY ALL ORDER BY trials DESC, field, kind
"""

_DISAGREEING: Final = """
SELECT trial_id, field, kind,
       list_sort(list(DISTINCT coalesce(normalised, value, '(no words)')) FILTER (chosen)) AS taken,
       list_sort(list(DISTINCT coalesce(normalised, value, '(no words)')) FILTER (NOT chosen)) AS others
FROM conflicts WHERE NOT list_contains(?, field)
GROUP BY trial_id, field, kind ORDER BY max(length(value)) > 60, trial_id, field, kind
"""

_UNMAPPED: Final = """
SELECT field, term, sum(uses) AS uses, count(DISTINCT document_id) AS documents FROM unmapped_terms
GROUP BY field, term ORDER BY uses DESC, field, term
"""


def _facts(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    return _one(
        connection,
        "SELECT (SELECT count(*) FROM trials) AS trials, (SELECT count(*) FROM outcomes) AS outcomes, "
        "(SELECT count(*) FROM timepoints) AS timepoints, (SELECT count(*) FROM sites) AS sites, "
        "(SELECT count(DISTINCT country_code) FROM sites) AS countries, "
        "(SELECT count(*) FROM documents) AS documents, "
        "(SELECT count(*) FROM documents WHERE status = 'LOADED') AS loaded, "
        "(SELECT count(*) FROM documents WHERE status = 'QUARANTINED') AS quarantined, "
        "(SELECT count(*) FROM documents WHERE status = 'DUPLICATE') AS duplicates, "
        "(SELECT count(*) FROM files) AS files, (SELECT sum(byte_size) FROM files) AS byte_size, "
        "(SELECT count(*) FROM (SELECT DISTINCT trial_id, field FROM conflicts)) AS disagreements, "
        "(SELECT count(DISTINCT source) FROM documents WHERE status = 'LOADED') AS sources, "
        "(SELECT count(*) FROM (SELECT DISTINCT field, term FROM unmapped_terms)) AS terms, "
        "(SELECT count(*) FROM timepoints WHERE kind = 'UNRESOLVED') AS unresolved, "
        "(SELECT max(finished_at) FROM runs) AS finished_at",
    ) | {"size": size}


# --- one trial --------------------------------------------------------------------------------------------------------


def _chosen(connection: duckdb.DuckDBPyConnection, trial: str | None) -> dict[str, Any] | None:
    """Return the trial whose schedule is drawn; None where none was asked for and no trial has outcomes."""
    from pipeline.showing import figures

    key = figures.shows_most(connection) if trial is None else trial.strip()
    if key is None:
        return None
    row = _one(connection, "FROM trials WHERE upper(trial_id) = upper(?)", key)
    if not row:
        raise ReportError(f"the warehouse holds no trial {key}: `trialhouse show {key}` names those near it")
    return row | {
        "title": row["brief_title"] or row["official_title"],
        "phase": phases(row["phases"]),
        "started": day(row["start_date"], row["start_date_precision"]),
        "chart": figures.assessments(connection, row["trial_id"]),
    }


# --- how complete -----------------------------------------------------------------------------------------------------


def _fills(connection: duckdb.DuckDBPyConnection) -> list[TableFill]:
    """Return how full each table on trials is, as the build counted it; `trials` first."""
    filled = connection.execute(
        "SELECT table_name, column_name, coalesce(1 - null_rate, 0) FROM data_dictionary "
        "WHERE nullable AND NOT is_view ORDER BY table_name, ordinal"
    ).fetchall()
    shares: dict[str, list[Fill]] = {}
    for table, column, share in filled:
        shares.setdefault(table, []).append(Fill(column, share))
    found = []
    for name, table in TABLES.items():
        if table.section is Section.TRIALS:
            ((rows,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
            found.append(TableFill(name, table.description, rows, tuple(shares.get(name, ()))))
    return found


# --- what did not fit, and what changed -------------------------------------------------------------------------------


def _quarantine(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return what was refused by rule; no value of a personal column, and no reason that may quote one."""
    rows = _all(
        connection,
        "SELECT action, rule, table_name, column_name, count(*) AS number, count(DISTINCT uri) AS documents, "
        "min(reason) AS reason, min(uri) AS example FROM quarantine GROUP BY action, rule, table_name, column_name "
        "ORDER BY action DESC, number DESC, rule, table_name, column_name",
    )
    for row in rows:
        if row["table_name"] and _is_personal(row["table_name"], row["column_name"]):
            row["reason"] = "(personal data: not shown)"
    return rows


def _named_persons() -> list[str]:
    """Return the fields whose disagreeing values are not shown: the personal ones."""
    return [one.name for table in TABLES.values() for one in table.columns() if one.pii]


def _is_personal(table: str, column: str | None) -> bool:
    """Return whether a table's column, or any column of it, holds personal data; what is not known may."""
    columns = TABLES[table].by_name if table in TABLES else {}
    asked = [columns[column]] if column and column in columns else list(columns.values())
    return not asked or any(one.pii for one in asked)


def _changes(connection: duckdb.DuckDBPyConnection) -> dict[str, Any] | None:
    """Return how the last build differs from the one before; None for a first one."""
    runs = _all(connection, "FROM runs ORDER BY finished_at DESC NULLS LAST, run_id LIMIT 2")
    if len(runs) < 2:
        return None
    now, before = runs
    told: Iterable[tuple[str, int, int]] = [
        (f"documents {name}" if name != "documents" else name, before[name], now[name])
        for name in ("documents", "loaded", "quarantined", "duplicates")
    ]
    tables = [(name, before["rows"].get(name, 0), now["rows"].get(name, 0)) for name in TABLES]
    return {
        "before": before["finished_at"] or before["started_at"],
        "now": now["finished_at"] or now["started_at"],
        "same_code": before["code_version"] == now["code_version"],
        "rows": [(*one, one[2] - one[1]) for one in (*told, *tables) if one[1] != one[2]],
    }
