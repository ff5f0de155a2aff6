"""Quarantine: what breaks the contract is taken out, said and never lost, and the rest stays as it was.

Here belongs the judgement on frames, by every rule of every table. The tables themselves are in `test_schemas.py`.
"""

import json
import os
import subprocess
import sys
from typing import Any

import polars as pl
import pytest
from contract_rows import bad_cells, valid_frames, valid_row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandera.config import config_context
from pandera.errors import SchemaErrors

from pipeline.reading.quarantine import REFUSED, Checked, SchemaFaultError, _broken_columns, check, check_all
from schemas import TABLES, Table

each_table = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


def frame(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a table: a valid row each, with these cells instead of its own."""
    table = TABLES[name]
    return pl.DataFrame([valid_row(table) | row for row in rows], schema=table.polars_schema())


def broken_rows(table: Table) -> list[tuple[str, str, dict[str, Any]]]:
    """Column, rule and row for each way in which one cell of the table can break one rule."""
    good = valid_row(table)
    return [
        (
            column.name,
            rule,
            good | {(name or column.name): cell for name, cell in case.items() if name in good or not name},
        )
        for column in table.columns()
        for rule, case in [*bad_cells(column), *([] if column.nullable else [("not_null", {"": None})])]
    ]


# --- one table ---------------------------------------------------------------


@each_table
def test_each_rule_refuses_what_it_should(table: Table) -> None:
    """A rule that never fires is no rule; one that fires on its neighbours empties good cells."""
    cases = broken_rows(table)
    good = valid_row(table)
    rows = [row for case in cases for row in (good, case[2])]  # a good row between any two, to see that it stays
    checked = check(table, pl.DataFrame(rows, schema=table.polars_schema()))
    refused = checked.refused.sort("position")
    # Of a cell without its companion both may be refused: the first pass is the case's own.
    first = {entry["position"]: entry for entry in reversed(refused.to_dicts())}
    assert set(first) == {2 * place + 1 for place in range(len(cases))}
    for place, (column, rule, row) in enumerate(cases):
        entry = first[2 * place + 1]
        assert (entry["column_name"], entry["rule"]) == (column, rule), row
        assert entry["action"] == ("ROW" if column in table.required else "CELL")
        assert entry["reason"].startswith(f"{table.name}.{column} must ")
    kept = len(rows) - sum(entry["action"] == "ROW" for entry in first.values())
    assert checked.rows.height == kept
    whole = pl.DataFrame([good], schema=table.polars_schema())
    assert checked.rows.join(whole, on=list(table.by_name), nulls_equal=True, how="semi").height >= len(cases)


@each_table
def test_quick_pass_agrees_with_pandera(table: Table) -> None:
    """Clean frames never reach pandera: if the quick pass were blind to a rule, its bad cells would be published."""
    cases = broken_rows(table)
    with pytest.raises(SchemaErrors) as found:
        table.model.validate(pl.DataFrame([row for *_, row in cases], schema=table.polars_schema()), lazy=True)
    said = found.value.failure_cases.with_columns(pl.col("check").replace("not_nullable", "not_null"))
    assert {(column, rule, place) for place, (column, rule, _) in enumerate(cases)} <= set(
        said.select("column", "check", "index").rows()
    )
    by_row = said.group_by("index").agg(pl.col("column").unique()).sort("index")
    for (*_, row), columns in zip(cases, by_row["column"], strict=True):
        assert set(_broken_columns(table, pl.DataFrame([row], schema=table.polars_schema()))) == set(columns)


@each_table
def test_clean_frame_passes_whole(table: Table) -> None:
    """A rule that refuses what the contract allows would empty cells that were read rightly."""

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(valid_frames(table))
    def passes(clean: pl.DataFrame) -> None:
        table.model.validate(clean, lazy=True)
        checked = check(table, clean)
        assert checked.rows.equals(clean)
        assert checked.refused.schema == REFUSED
        assert checked.refused.is_empty()
        assert checked.lost.is_empty()

    passes()


@each_table
def test_empty_frame_is_clean(table: Table) -> None:
    """A batch without, say, sites must not fail."""
    assert check(table, frame(table.name)).refused.is_empty()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nothing_is_lost_and_the_rest_is_right(data: st.DataObject) -> None:
    """Rows in = rows kept + rows lost; what is kept is clean, in order, and untouched but for the cells named."""
    table = data.draw(st.sampled_from(list(TABLES.values())))
    good = valid_row(table)
    rows = data.draw(st.lists(st.just(good) | st.sampled_from([row for _, _, row in broken_rows(table)]), max_size=12))
    given_rows = pl.DataFrame(rows, schema=table.polars_schema())
    checked = check(table, given_rows)
    entries = checked.refused.to_dicts()
    gone = {entry["position"] for entry in entries if entry["action"] == "ROW"}
    assert checked.rows.height + checked.lost.height == given_rows.height
    assert checked.lost.height == len(gone) == sum(entry["action"] == "ROW" for entry in entries)
    again = check(table, checked.rows)
    assert again.rows.equals(checked.rows)
    assert again.refused.is_empty()
    emptied = {(entry["position"], entry["column_name"]) for entry in entries if entry["action"] == "CELL"}
    kept = [place for place in range(len(rows)) if place not in gone]
    for place, row in zip(kept, checked.rows.to_dicts(), strict=True):
        before = given_rows.row(place, named=True)
        assert row == {name: None if (place, name) in emptied else cell for name, cell in before.items()}


def test_cell_entry_says_where_and_what() -> None:
    """Someone must find the cell again, in the document and in `evidence`."""
    checked = check(TABLES["trials"], frame("trials", {}, {"trial_id": "T2", "enrollment": -3, "phases": ["PHASE9"]}))
    assert checked.rows.select("trial_id", "enrollment", "phases").rows() == [
        ("words", 5, ["NA"]),
        ("T2", None, None),
    ]
    phases, enrollment = checked.refused.to_dicts()
    assert enrollment == {
        "position": 1,
        "table_name": "trials",
        "row_id": "T2",
        "document_id": "words",
        "column_name": "enrollment",
        "value": "-3",
        "row": None,
        "rule": "number_range",
        "reason": "trials.enrollment must be a number of 0 or more. Look at the number in the source; the reader may "
        "have its unit wrong.",
        "action": "CELL",
    }
    assert phases["value"] == '["PHASE9"]'


def test_row_entry_holds_the_whole_row() -> None:
    """What takes a row out must be enough to put it back, and must name every fault of the row."""
    bad = {"trial_id": "T1", "ordinal": 2, "name": "", "role": "OWNER", "class": "GUILD"}
    checked = check(TABLES["sponsors"], frame("sponsors", bad, {}))
    (entry,) = checked.refused.to_dicts()
    assert json.loads(entry["row"]) == bad | {"document_id": "words"}
    assert (entry["row_id"], entry["rule"], entry["column_name"]) == ("T1/sponsor/2", "not_empty", "name")
    assert all(f"sponsors.{name} must" in entry["reason"] for name in ("name", "role", "class"))
    assert checked.rows.height == checked.lost.height == 1


def test_value_goes_with_its_refused_unit() -> None:
    """A number whose unit became NULL means nothing, though each was judged alone at first."""
    checked = check(TABLES["timepoints"], frame("timepoints", {"end_unit": "FORTNIGHT", "end_value": 2.0}))
    assert checked.rows.select("end_value", "end_unit").rows() == [(None, None)]
    assert checked.refused["rule"].to_list() == ["allowed_code", "companion_missing"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda rows: rows.drop("name"), "missing: name"),
        (lambda rows: rows.with_columns(more=1), "not in the contract: more"),
        (lambda rows: rows.with_columns(pl.col("ordinal").cast(pl.Int64)), r"ordinal \(Int64, not Int32\)"),
        (lambda rows: rows.select(sorted(rows.columns)), "out of order"),
    ],
)
def test_schema_fault_stops(wrong: Any, said: str) -> None:
    """A frame of the wrong shape is a fault of the code: quarantining its rows would blame the documents."""
    with pytest.raises(SchemaFaultError, match=said):
        check(TABLES["conditions"], wrong(frame("conditions", {})))


def test_validation_switched_off_is_noticed() -> None:
    """Under pandera's switches bad data would pass in silence."""
    bad = frame("conditions", {"name": ""})
    with config_context(validation_enabled=False), pytest.raises(RuntimeError, match="PANDERA_VALIDATION_ENABLED"):
        check(TABLES["conditions"], bad)


@pytest.mark.parametrize("switch", ["PANDERA_VALIDATION_ENABLED=False", "PANDERA_VALIDATION_DEPTH=SCHEMA_ONLY"])
def test_environment_cannot_switch_validation_off(switch: str) -> None:
    """The same by environment variables, which a service manager may have set for another program."""
    code = (
        "from schemas import TABLES; from pipeline.reading.quarantine import check; import polars as pl\n"
        "t = TABLES['conditions']; check(t, pl.DataFrame([('T', 1, '', 'd')], schema=t.polars_schema(), orient='row'))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ) | dict([switch.split("=")]), capture_output=True, text=True
    )
    assert "RuntimeError: pandera does not look at the data" in ran.stderr


# --- descendants -------------------------------------------------------------


def batch() -> dict[str, pl.DataFrame]:
    """Two documents, D1 and D2, on one trial, T, and their children under the same keys."""
    both = ("D1", "D2")

    def each(name: str, **cells: Any) -> pl.DataFrame:
        return frame(name, *({"trial_id": "T", "document_id": document} | cells for document in both))

    return {
        "trials": each("trials"),
        "conditions": each("conditions"),
        "arms": each("arms", arm_id="T/arm/1"),
        "interventions": each("interventions", intervention_id="T/intervention/1"),
        "arm_interventions": each("arm_interventions", arm_id="T/arm/1", intervention_id="T/intervention/1"),
        "outcomes": each("outcomes", outcome_id="T/outcome/1"),
        "timepoints": each("timepoints", outcome_id="T/outcome/1", timepoint_id="T/outcome/1/timepoint/1"),
        "evidence": frame(
            "evidence",
            *(
                {"table_name": table, "row_id": row_id, "column_name": column, "document_id": document}
                for document in both
                for table, row_id, column in [
                    ("trials", "T", "brief_title"),
                    ("outcomes", "T/outcome/1", "measure"),
                    ("outcomes", "T/outcome/1", "type"),
                    ("arms", "T/arm/1", "label"),
                ]
            ),
        ),
    }


def spoilt(name: str, document: str, **cells: Any) -> dict[str, Checked]:
    """The batch, checked, with these cells in one document's row of one table."""
    frames = batch()
    bad = pl.col("document_id") == document
    frames[name] = frames[name].with_columns(
        pl.when(bad).then(pl.lit(cell)).otherwise(pl.col(column)).alias(column) for column, cell in cells.items()
    )
    return check_all(frames)


def left(checked: dict[str, Checked], name: str) -> list[str]:
    """The documents whose rows a table still has."""
    return checked[name].rows["document_id"].unique().sort().to_list()


def test_clean_batch_stays() -> None:
    """Nothing refused, nothing taken."""
    frames = batch()
    assert all(one.rows.equals(frames[name]) for name, one in check_all(frames).items())


def test_row_takes_its_descendants_of_the_same_document() -> None:
    """A timepoint without its outcome breaks a reference; the other document's outcome has the same key and stays."""
    checked = spoilt("outcomes", "D1", ordinal=0)
    assert left(checked, "outcomes") == left(checked, "timepoints") == ["D2"]
    assert left(checked, "arms") == left(checked, "conditions") == ["D1", "D2"]
    (entry,) = checked["timepoints"].refused.to_dicts()
    assert (entry["rule"], entry["action"], entry["column_name"]) == ("parent_refused", "ROW", "outcome_id")
    assert (entry["value"], entry["row_id"]) == ("T/outcome/1", "T/outcome/1/timepoint/1")
    assert json.loads(entry["row"])["document_id"] == "D1"


def test_refused_trial_takes_its_whole_document() -> None:
    """Even a trial without a key, whose children refer to nothing that it had."""
    checked = spoilt("trials", "D1", trial_id=None)
    for name in batch():
        assert left(checked, name) == ["D2"], name
    assert sum(one.refused.filter(rule="parent_refused").height for one in checked.values()) == 6


def test_descendants_of_descendants_go() -> None:
    """A link whose arm followed another refused row must follow in turn, and only once."""
    checked = spoilt("arms", "D2", ordinal=0)
    assert left(checked, "arm_interventions") == ["D1"]
    assert checked["arm_interventions"].refused.height == 1


def test_evidence_goes_with_its_value() -> None:
    """Evidence for a row or cell that is not there would point at nothing; that of the others stays."""
    rows = spoilt("outcomes", "D1", ordinal=0)["evidence"].rows
    assert rows.filter(document_id="D1")["table_name"].to_list() == ["trials", "arms"]
    assert rows.filter(document_id="D2").height == 4
    rows = spoilt("outcomes", "D1", type="TERTIARY")["evidence"].rows
    assert rows.filter(document_id="D1")["column_name"].to_list() == ["brief_title", "measure", "label"]
