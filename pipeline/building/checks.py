"""What must hold before a warehouse is published, as SQL inside the build.

Here belongs every check of a whole warehouse: keys, references, the reconciliation of what was found, and that nothing
vanished in silence since the last build. Checks of single rows are the contract's (`schemas`, `quarantine`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

import duckdb

from pipeline.settings import Settings
from schemas import TABLES, Table, render

Severity = Literal["ERROR", "WARN"]


class Result(NamedTuple):
    """How a check went; a failed ERROR stops publishing."""

    name: str
    table: str
    severity: Severity
    failures: tuple[str, ...]
    """What is wrong, in sentences with an example each; empty where the check passed."""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures


class Check(NamedTuple):
    """A check that every build has, under the table that it belongs to."""

    name: str
    table: str
    description: str
    severity: Severity = "ERROR"


_COMPARED: Final = ("trials", "outcomes", "sites", "interventions")
"""The tables whose columns are compared with the published ones."""


def catalogue() -> list[Check]:
    """Return every check, in the order in which they run."""
    checks = [
        Check("keys", name, "Its key names one row, and is never NULL.") for name, one in TABLES.items() if one.key
    ]
    checks += [
        Check("references", name, "Every row that it refers to is there.")
        for name, one in TABLES.items()
        if one.references
    ]
    checks += [
        Check("reconciled", "documents", "Found = loaded + quarantined + duplicate, per file and per document."),
        Check("not_empty", "trials", "At least one document was loaded."),
        Check("no_trials_lost", "trials", "No more trials vanished since the last build than the settings allow."),
    ]
    checks += [
        Check("no_column_emptied", table, "No column is filled much less than in the last build.")
        for table in _COMPARED
    ]
    return [*checks, _VANISHED, *_WARNINGS]


_VANISHED: Final = Check("no_trials_vanished", "trials", "Every trial of the last build is there.", "WARN")
_WARNINGS: Final = (
    Check("none_quarantined", "quarantine", "No document, row or cell was refused.", "WARN"),
    Check("no_unknown_words", "unmapped_terms", "Every coded word stands in its vocabulary.", "WARN"),
    Check("lines_read", "unread_lines", "No page layout leaves more lines unread than the settings allow.", "WARN"),
)
"""What a person should look at, though it stops nothing."""


def all_passed() -> list[Result]:
    """Return the results of the checks that need not be asked again of a warehouse that was checked before."""
    return [Result(one.name, one.table, one.severity, ()) for one in catalogue() if one not in _WARNINGS]


_RECONCILE: Final = """
SELECT 'file ' || uri || ': found ' || found || ', but loaded ' || loaded || ', quarantined ' || quarantined
       || ' and duplicate ' || duplicates
FROM files WHERE found <> loaded + quarantined + duplicates
UNION ALL
SELECT 'documents of ' || file_id || ': ' || count(*) || ' rows, but the files say ' || any_value(f.found)
FROM documents d JOIN (SELECT file_id, sum(found) AS found FROM files GROUP BY file_id) f USING (file_id)
GROUP BY file_id HAVING count(*) <> any_value(f.found)
UNION ALL
SELECT 'document ' || uri || ' is loaded, but no trial ' || coalesce(trial_id, '(none)') || ' is there'
FROM documents ANTI JOIN trials USING (trial_id) WHERE status = 'LOADED'
UNION ALL
SELECT 'document ' || uri || ' is not loaded, but no reason stands in quarantine'
FROM documents d WHERE status = 'QUARANTINED' AND problem IS NULL
"""


def check_all(connection: duckdb.DuckDBPyConnection) -> list[Result]:
    """Run every check that needs nothing but the new warehouse itself."""
    return [*check_rows(connection, TABLES), *check_account(connection)]


def check_rows(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> list[Result]:
    """Check the keys and references of some tables."""
    tables = [TABLES[name] for name in names]
    results = [Result("keys", table.name, "ERROR", _key_violations(connection, table)) for table in tables if table.key]
    hold = _references_hold(connection, tables)
    results += [
        Result(
            "references", table.name, "ERROR", () if hold else _violations(connection, render.reference_checks(table))
        )
        for table in tables
        if table.references
    ]
    return results


def check_account(connection: duckdb.DuckDBPyConnection) -> list[Result]:
    """Check that everything that was found is accounted for, and that something was."""
    wrong = tuple(row[0] for row in connection.execute(_RECONCILE).fetchall())
    results = [Result("reconciled", "documents", "ERROR", wrong)]
    (count,) = connection.execute("SELECT count(*) FROM trials").fetchone() or (0,)
    results.append(Result("not_empty", "trials", "ERROR", () if count else ("no document could be loaded",)))
    return results


def _key_violations(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[str, ...]:
    # As many hashes as rows, and no NULL: every key is there and names one row. To group the keys themselves takes a
    # third longer and several times the memory, so that is asked only where it has something to tell.
    whole = " AND ".join(f"count({name}) = count(*)" for name in table.key)
    proof = f"SELECT {whole} AND count(DISTINCT hash({', '.join(table.key)})) = count(*) FROM {table.name}"
    if connection.execute(proof).fetchone() == (True,):
        return ()
    return _violations(connection, render.key_checks(table))


def _references_hold(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> bool:
    # All that refer to one table are asked at once; which of them fails is asked only where one does.
    asked = defaultdict(list)
    for table in tables:
        for one in table.references:
            said = " AND ".join(f"{name} IS NOT NULL" for name in one.columns)
            pairs = ", ".join(
                f"{mine} AS {theirs}" for mine, theirs in zip(one.columns, one.their_columns, strict=True)
            )
            asked[one.table, ", ".join(one.their_columns)].append(f"SELECT {pairs} FROM {table.name} WHERE {said}")
    orphans = (
        connection.execute(f"SELECT 1 FROM ({' UNION ALL '.join(children)}) ANTI JOIN {parent} USING ({key}) LIMIT 1")
        for (parent, key), children in asked.items()
    )
    return all(found.fetchone() is None for found in orphans)


def _violations(connection: duckdb.DuckDBPyConnection, queries: list[str]) -> tuple[str, ...]:
    found = [row for query in queries for row in connection.execute(query).fetchall()]
    return tuple(
        f"{rule} of {table} ({columns}): {violations} rows, such as {example}"
        for rule, table, columns, violations, example in found
    )


_REFUSED: Final = """
SELECT count(*) || ' ' || lower(action) || 's were refused by ' || rule || ', such as one of ' || min(uri)
       || ': see the table quarantine'
FROM quarantine GROUP BY action, rule ORDER BY action DESC, count(*) DESC, rule LIMIT 5
"""
_UNKNOWN: Final = """
SELECT count(DISTINCT term) || ' words of ' || field || ' are in no vocabulary, such as "' || min(term)
       || '": add those whose meaning is sure to pipeline/normalize/vocabulary.toml'
FROM unmapped_terms GROUP BY field ORDER BY count(DISTINCT term) DESC, field LIMIT 5
"""
# A page that only its labels made readable leaves most of its lines unread, by its nature.
_UNREAD: Final = """
SELECT format('{:.0%} of the lines of {} were read by no rule: the site has changed its pages, see unread_lines',
              unread / lines, concat_ws(', dialect ', layout, dialect))
FROM (
    SELECT layout, dialect, sum(len(list_filter(string_split(text, chr(10)), lambda line: trim(line) <> ''))) AS lines,
           sum((SELECT count(DISTINCT line) FROM unread_lines u WHERE u.document_id = d.document_id)) AS unread
    FROM documents d JOIN document_texts USING (document_id)
    WHERE status = 'LOADED' AND layout <> 'labelled' GROUP BY layout, dialect
) WHERE lines > 0 AND unread / lines > $limit ORDER BY unread / lines DESC, layout, dialect
"""


def warn(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[Result]:
    """Return what a person should look at; none of it stops publishing."""
    queries: tuple[tuple[str, dict[str, float]], ...] = (
        (_REFUSED, {}),
        (_UNKNOWN, {}),
        (_UNREAD, {"limit": settings.unread_limit}),
    )
    return [
        Result(check.name, check.table, "WARN", tuple(row[0] for row in connection.execute(*query).fetchall()))
        for check, query in zip(_WARNINGS, queries, strict=True)
    ]


def check_loss(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[Result]:
    """Compare the new warehouse with the published one, attached as `published`.

    A trial whose last document is gone leaves the warehouse with its history, which is told; more of them, or columns
    much emptier, than the settings allow is taken for a fault of the input until `--accept-loss` says otherwise.
    """
    (before, gone, examples) = connection.execute(
        "SELECT count(*), count(*) FILTER (n.trial_id IS NULL), "
        "list(p.trial_id ORDER BY p.trial_id) FILTER (n.trial_id IS NULL)[1:5] "
        "FROM published.trials p LEFT JOIN trials n USING (trial_id)"
    ).fetchone() or (0, 0, None)
    failures = []
    told = f"{gone} of {before} trials {{}}, such as {', '.join(examples or ())}: "
    if before and gone / before > settings.loss_limit:
        failures.append(
            f"{told.format('would vanish')}"
            f"that is more than {settings.loss_limit:.0%}; see that every file is there, or build with --accept-loss"
        )
    vanished = (f"{told.format('are no longer there')}no document describes them any more",) if gone else ()
    results = [
        Result("no_trials_lost", "trials", "ERROR", tuple(failures)),
        Result(_VANISHED.name, _VANISHED.table, _VANISHED.severity, vanished),
    ]
    return results + [
        Result("no_column_emptied", table, "ERROR", tuple(_emptied(connection, table, settings))) for table in _COMPARED
    ]


def no_comparison() -> list[Result]:
    """Return the results of comparing with nothing: a first build."""
    compared = ("no_trials_lost", "no_column_emptied", _VANISHED.name)
    return [Result(one.name, one.table, one.severity, ()) for one in catalogue() if one.name in compared]


def accepted(results: list[Result]) -> list[Result]:
    """Return what comparing found as what a person has accepted: it is told, and stops nothing."""
    return [one._replace(severity="WARN") for one in results]


def _emptied(connection: duckdb.DuckDBPyConnection, table: str, settings: Settings) -> list[str]:
    names = [column.name for column in TABLES[table].columns() if column.nullable]
    fills = ", ".join(f"count({name}) / count(*)" for name in names)
    try:
        now, then = (
            # Of trials that both have: new ones from a sparser site are no loss.
            connection.execute(
                f"SELECT {fills} FROM {where}{table} SEMI JOIN {other}trials USING (trial_id) HAVING count(*) > 0"
            ).fetchone()
            for where, other in (("", "published.main."), ("published.main.", "main."))
        )
    except duckdb.BinderException:  # the published file has not every column yet
        return []
    if not now or not then:
        return []
    return [
        f"{table}.{name} is filled in {new:.0%} of rows and was in {old:.0%}: see what changed at the source or in the "
        "code, or build with --accept-loss"
        for name, new, old in zip(names, now, then, strict=True)
        if old - new > settings.fill_loss_limit
    ]
