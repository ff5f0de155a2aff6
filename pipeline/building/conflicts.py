"""Where documents on one trial disagree: the rows of `conflicts`, as SQL inside the build.

Here belongs what can be compared and what kind of disagreement it is. Disagreement inside one document is told by its
layout (`Record.claim`); which document speaks is `merge`'s choice. Each document is compared with the one that was
chosen for the column's group; where nobody contradicts the chosen one, there is no conflict.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipeline.building.merge import column_groups
from pipeline.reading.values import DATES
from schemas import TABLES

_NOT_COMPARED: Final = frozenset(
    (
        "registry",  # told by the number itself
        "minimum_age",  # told by minimum_age_years
        "maximum_age",
        "responsible_party",  # each layout prints other parts of it
        "last_update_submitted_date",
        "last_update_posted_date",  # says how old the document is, nothing of the trial
        "last_verified_date",
    )
)
_PROSE: Final = ("eligibility_text", "brief_summary", "detailed_description")
# Some pages number the items of a list and print the headings of the two lists of criteria, some only list them.
_ITEMS: Final = (
    r"regexp_replace(regexp_replace({}, '(^|\s)[0-9]{{1,2}}[.)]\s', ' ', 'g'), "
    r"'(?i)\b((key|main) )?(inclusion|exclusion)( criteria)?\b\W*', ' ', 'g')"
)
_SHORTENED: Final = ("brief_title", "official_title", *_PROSE)
"""What sites print the beginning of, or add the acronym to: a part does not contradict the whole."""
_LENGTH: Final = "CASE {} WHEN 'YEAR' THEN 4 WHEN 'MONTH' THEN 7 WHEN 'DAY' THEN 10 ELSE 7 END"
"""How much of a date in ISO 8601 is known; a layout that blurs dates gives them to the month."""


def _fields() -> list[tuple[str, str, str, str, str]]:
    """Return what is compared: field, merge group, the value as text, what is compared of it, and its detail.

    The detail says what kind of value it is: a target or an actual count, a planned or an actual date.
    """
    fields = []
    for group, columns in column_groups().items():
        for name in columns:
            column = TABLES["trials"].by_name[name]
            if name in _NOT_COMPARED or name.endswith(("_type", "_precision")):
                continue
            value, compared, detail = f"CAST(t.{name} AS VARCHAR)", "value", "NULL"
            if column.dtype == pl.List(pl.String):
                value, compared = f"array_to_string(t.{name}, ', ')", f"CAST(list_sort(t.{name}) AS VARCHAR)"
            elif f"{name}_type" in TABLES["trials"].by_name:
                detail = f"t.{name}_type"
            elif column.dtype == pl.String and not column.codes:
                words = _ITEMS.format(f"t.{name}") if name in _PROSE else f"t.{name}"
                compared = f"comparable({words})"
            fields.append((name, group, value, compared, detail))
    return fields


def _same() -> str:
    """Return the condition that two documents' values (o other, c chosen) say the same, as far as both go.

    A date known to the month agrees with every day of it; a text that may be shortened, or ends in dots, with all that
    begins like it.
    """
    until = f"least({_LENGTH.format('o.precision')}, {_LENGTH.format('c.precision')})"
    cut = (
        f"(list_contains({list(_SHORTENED)!r}, o.field) OR regexp_matches({{0}}.value, '(…|\\.\\.\\.)$')) "
        "AND starts_with({1}.compared, {0}.compared)"
    )
    return (
        f"CASE WHEN list_contains({list(DATES)!r}, o.field) THEN left(o.value, {until}) = left(c.value, {until}) "
        f"ELSE o.compared = c.compared OR {cut.format('o', 'c')} OR {cut.format('c', 'o')} END"
    )


def insert_conflicts() -> list[str]:
    """Return the statements that compare every document of a contested trial with the one that was chosen."""
    said = [
        f"SELECT t.trial_id, t.document_id, '{name}' AS field, '{group}' AS column_group, {value} AS value, "
        f"{compared} AS compared, {detail} AS detail, "
        f"{f't.{name}_precision' if name in DATES else 'NULL'} AS precision "
        f"FROM rival_trials t WHERE t.{name} IS NOT NULL"
        for name, group, value, compared, detail in _fields()
    ]
    groups = ", ".join(f"'{group}': {names!r}" for group, names in column_groups().items())
    return [
        f"CREATE TEMP TABLE said AS {' UNION ALL '.join(said)}",
        # A target and an actual count, a planned and an actual date are no disagreement.
        f"""
        CREATE TEMP TABLE disagreement AS
        SELECT o.trial_id, o.field, o.document_id, o.value, c.document_id AS chosen_id, c.value AS chosen_value,
               CASE WHEN list_has_any(ro.lossy, MAP {{{groups}}}[o.column_group]) THEN 'LOSSY'
                    WHEN ro.version_date < rc.version_date THEN 'STALE'
                    ELSE 'DIFFERENT' END AS kind
        FROM said o
        JOIN chosen USING (trial_id, column_group)
        JOIN said c ON c.trial_id = o.trial_id AND c.field = o.field AND c.document_id = chosen.document_id
        JOIN rivals ro ON ro.document_id = o.document_id
        JOIN rivals rc ON rc.document_id = c.document_id
        WHERE o.document_id <> c.document_id AND coalesce(o.detail = c.detail, true) AND NOT ({_same()})
        """,
        # The chosen value stands once, under the gravest kind of those that disagree with it.
        """
        CREATE TEMP TABLE disputed AS
        SELECT trial_id, field, document_id, value, kind, false AS chosen FROM disagreement
        UNION ALL
        SELECT trial_id, field, chosen_id, any_value(chosen_value), min(kind), true FROM disagreement
        GROUP BY trial_id, field, chosen_id
        """,
        """
        INSERT INTO conflicts BY NAME
        SELECT d.trial_id, d.field, coalesce(e.words, d.value) AS value, d.value AS normalised, d.document_id,
               e.char_start, e.char_end, d.chosen, d.kind
        FROM disputed d LEFT JOIN (
            SELECT e.document_id, e.column_name, min(e.char_start) AS char_start,
                   arg_min(e.char_end, e.char_start) AS char_end,
                   trim(regexp_replace(string_agg(
                       substr(x.text, e.char_start + 1, e.char_end - e.char_start), ' ' ORDER BY e.char_start
                   ), '\\s+', ' ', 'g')) AS words
            FROM (
                SELECT * FROM rival_evidence e
                SEMI JOIN disputed d ON d.document_id = e.document_id AND d.field = e.column_name
                WHERE e.table_name = 'trials'
            ) e
            JOIN document_texts x USING (document_id)
            GROUP BY e.document_id, e.column_name
        ) e ON e.document_id = d.document_id AND e.column_name = d.field
        """,
    ]


def insert_within() -> str:
    """Return the statement that takes over what one document contradicts itself in.

    The value that its layout took is the warehouse's only where the document was chosen for the field.
    """
    groups = ", ".join(f"('{name}', '{group}')" for group, names in column_groups().items() for name in names)
    return (
        "INSERT INTO conflicts BY NAME SELECT s.* EXCLUDE (contested) REPLACE ("
        "s.chosen AND (c.document_id IS NULL OR c.document_id = s.document_id) AS chosen) "
        f"FROM staged_conflicts s LEFT JOIN (VALUES {groups}) g(field, column_group) USING (field) "
        "LEFT JOIN chosen c ON c.trial_id = s.trial_id AND c.column_group = g.column_group"
    )
