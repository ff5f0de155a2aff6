"""Where documents on one trial disagree: rows of `conflicts` between documents, as SQL inside the build.

Here belongs what can be compared and what kind of disagreement it is. Disagreement inside one document is told by its
layout (`Record.claim`); which document speaks is `merge`'s choice.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipeline.merge import column_groups
from schemas import TABLES

_TITLES: Final = ("brief_title", "official_title", "acronym", "lead_sponsor")
_NOT_COMPARED: Final = frozenset(
    (
        # Prose: two wordings of one thing are no disagreement that a machine should report.
        "why_stopped",
        "intervention_model_description",
        "masking_description",
        "eligibility_text",
        "population",
        "brief_summary",
        "detailed_description",
        "responsible_party",
        # Told by the number itself, and by the values beside them.
        "registry",
        "minimum_age",
        "maximum_age",
    )
)


def _compared() -> list[tuple[str, str, str, str]]:
    """Return field, merge group, the value as text, and when two documents' values can be compared (o other, c chosen).

    A target and an actual count cannot, nor can two precisions of one date; a blurred date only by its month.
    """
    fields = []
    for group, columns in column_groups().items():
        for name in columns:
            value, comparable = f"CAST(t.{name} AS VARCHAR)", "true"
            if TABLES["trials"].by_name[name].dtype == pl.List(pl.String):
                value = f"array_to_string(t.{name}, ', ')"
            if name in _NOT_COMPARED or name.endswith(("_type", "_precision")):
                continue
            if name == "enrollment":
                comparable = "coalesce(o.detail = c.detail, true)"
            elif name.endswith("_date"):
                comparable = (
                    "(o.detail IS NOT DISTINCT FROM c.detail OR (o.detail IS NULL OR c.detail IS NULL) "
                    "AND left(o.value, 7) <> left(c.value, 7))"
                )
            elif name in _TITLES:
                value = f"t.{name}"
            fields.append((name, group, value, comparable))
    return fields


def insert_conflicts() -> list[str]:
    """Return the statements that compare every document of a contested trial with the one that was chosen."""
    said, comparable = [], []
    for name, group, value, condition in _compared():
        detail = (
            "t.enrollment_type" if name == "enrollment" else f"t.{name}_precision" if name.endswith("_date") else "NULL"
        )
        said.append(
            f"SELECT t.trial_id, t.document_id, '{name}' AS field, '{group}' AS column_group, {value} AS value, "
            f"{detail} AS detail FROM staged_trials t SEMI JOIN (FROM ranked WHERE contested) r "
            f"USING (trial_id, document_id) WHERE t.{name} IS NOT NULL"
        )
        comparable.append(f"WHEN '{name}' THEN {condition}")
    return [
        f"CREATE TEMP TABLE said AS {' UNION ALL '.join(said)}",
        f"""
        CREATE TEMP TABLE disagreement AS
        SELECT o.trial_id, o.field, o.document_id, o.value, c.document_id AS chosen_id, c.value AS chosen_value,
               CASE WHEN list_contains(ro.lossy, o.column_group) THEN 'LOSSY'
                    WHEN ro.version_date < rc.version_date THEN 'STALE'
                    ELSE 'DIFFERENT' END AS kind
        FROM said o
        JOIN chosen ON chosen.trial_id = o.trial_id AND chosen.column_group = o.column_group
        JOIN said c ON c.trial_id = o.trial_id AND c.field = o.field AND c.document_id = chosen.document_id
        JOIN ranked ro ON ro.trial_id = o.trial_id AND ro.document_id = o.document_id
        JOIN ranked rc ON rc.trial_id = c.trial_id AND rc.document_id = c.document_id
        WHERE o.document_id <> c.document_id AND lower(o.value) <> lower(c.value)
          AND CASE o.field {" ".join(comparable)} END
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
                   arg_min(substr(x.text, e.char_start + 1, e.char_end - e.char_start), e.char_start) AS words
            FROM staged_evidence e JOIN staged_document_texts x USING (document_id)
            SEMI JOIN disputed USING (document_id)
            WHERE e.table_name = 'trials' GROUP BY e.document_id, e.column_name
        ) e ON e.document_id = d.document_id AND e.column_name = d.field
        """,
    ]
