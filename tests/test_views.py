"""The views and macros: their answers on a small warehouse, their documentation, and AACT's queries.

Here belongs what `warehouse/` promises and `pipeline/building/views.py` does with it. How the tables under them are
filled is tested elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from contract_rows import PLAIN

from pipeline.building import views
from schemas import TABLES
from schemas.render import create_table, insert

ROOT = Path(__file__).parent.parent
FULL, SPARSE, OTHER, LOOSE = "NCT00000001", "NCT00000002", "CTRI/2020/01/000001", "doc-00000000000a"

each_view = pytest.mark.parametrize("view", views.catalogue(), ids=lambda view: f"{view.schema}.{view.name}")

# --- a small warehouse ------------------------------------------------------------------------------------------------


def _fill(connection: duckdb.DuckDBPyConnection, name: str, *rows: dict[str, Any]) -> None:
    """Insert rows of which only the columns that matter are given; the contract's other required ones get any value."""
    table = TABLES[name]
    plain = {c.name: None if c.nullable else PLAIN[c.duckdb_type] for c in table.columns()}
    plain |= {"document_id": "d-register"} if "document_id" in plain else {}
    connection.register("incoming", pl.DataFrame([plain | row for row in rows], schema=table.polars_schema()))
    connection.execute(insert(table, "incoming"))
    connection.unregister("incoming")


def _rows(trial: str, kind: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Children of a trial with their ordinals and keys."""
    return [
        {"trial_id": trial, "ordinal": place, f"{kind}_id": f"{trial}/{kind}/{place}"} | row
        for place, row in enumerate(rows, 1)
    ]


def _plain_rows(trial: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Children of a trial that have no key of their own."""
    return [{"trial_id": trial, "ordinal": place} | row for place, row in enumerate(rows, 1)]


def _day(name: str, day: date, precision: str | None = "DAY", kind: str | None = None) -> dict[str, Any]:
    return {name: day, f"{name}_precision": precision} | ({f"{name}_type": kind} if kind else {})


def _fill_all(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES.values():
        connection.execute(create_table(table))
    _fill(
        connection,
        "documents",
        {"uri": "register.json", "document_id": "d-register", "source": "ctgov", "trial_id": FULL, "status": "LOADED"}
        | {"version_date": date(2024, 5, 1), "source_url": "https://register.example/1"},
        {"uri": "copy.json", "document_id": "d-register", "source": "ctgov", "status": "DUPLICATE"},
        {"uri": "site.txt", "document_id": "d-site", "source": "medpath", "trial_id": FULL, "status": "LOADED"},
        {"uri": "old.txt", "document_id": "d-old", "source": "crick", "trial_id": FULL, "status": "LOADED"}
        | {"version_date": date(2024, 4, 1)},
        {"uri": "loose.txt", "document_id": "d-loose", "source": "medpath", "trial_id": LOOSE, "status": "LOADED"},
    )
    _fill(
        connection,
        "trials",
        {
            "trial_id": FULL,
            "registry": "CTGOV",
            "brief_title": "Cells for the Failing Liver",
            "official_title": "A Randomised Study of Cells for the Failing Liver",
            "acronym": "CELL",
            "overall_status": "COMPLETED",
            "why_stopped": "it did not stop",
            "study_type": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "allocation": "RANDOMIZED",
            "intervention_model": "PARALLEL",
            "intervention_model_description": "two arms",
            "masking": "DOUBLE",
            "who_masked": ["PARTICIPANT", "INVESTIGATOR"],
            "masking_description": "nobody knows",
            "primary_purpose": "TREATMENT",
            "enrollment": 40,
            "enrollment_type": "ACTUAL",
            "sex": "ALL",
            "gender_based": False,
            "minimum_age": "18 Years",
            "minimum_age_years": 18.0,
            "maximum_age": "70 Years",
            "maximum_age_years": 70.0,
            "healthy_volunteers": False,
            "eligibility_text": "Inclusion: a liver",
            "lead_sponsor": "Example University",
            "lead_sponsor_class": "OTHER",
            "organization": "A university",
            "organization_class": "OTHER",
            "brief_summary": "Cells against placebo.",
            "detailed_description": "Long words about cells.",
            "has_results": True,
            "has_dmc": True,
            "is_fda_regulated_drug": True,
            "is_fda_regulated_device": False,
            "plan_to_share_ipd": "NO",
        }
        | _day("start_date", date(2020, 1, 15), "DAY", "ACTUAL")
        | _day("primary_completion_date", date(2021, 3, 1), "MONTH", "ACTUAL")
        | _day("completion_date", date(2022, 1, 1), "YEAR", "ACTUAL")
        | _day("first_submitted_date", date(2019, 12, 1))
        | _day("first_posted_date", date(2019, 12, 5))
        | _day("last_update_submitted_date", date(2024, 4, 29))
        | _day("last_update_posted_date", date(2024, 5, 1))
        | _day("last_verified_date", date(2024, 4, 1), "MONTH")
        | _day("results_first_submitted_date", date(2021, 9, 1))
        | _day("results_first_posted_date", date(2021, 10, 1)),
        {"trial_id": SPARSE, "registry": "CTGOV", "study_type": "OBSERVATIONAL", "observational_model": "COHORT"}
        | {"time_perspective": "PROSPECTIVE", "sampling_method": "PROBABILITY_SAMPLE", "population": "the town"}
        | {"minimum_age": "N/A", "maximum_age": "17 Years", "maximum_age_years": 17.0, "phases": ["NA"]}
        | {"overall_status": "RECRUITING", "official_title": "A Cohort of Livers", "enrollment": 9}
        | _day("start_date", date(2020, 6, 1), None),
        {"trial_id": OTHER, "registry": "CTRI", "brief_title": "Walking After Surgery", "enrollment": 60}
        | {"enrollment_type": "ESTIMATED", "lead_sponsor": "Walking Trust", **_day("start_date", date(2020, 2, 1))},
        {"trial_id": LOOSE, "brief_title": "cells for the failing  LIVER!", "enrollment": 40, "document_id": "d-loose"}
        | {"lead_sponsor": "EXAMPLE UNIVERSITY"},
    )
    _fill(
        connection,
        "trial_identifiers",
        *_plain_rows(
            FULL,
            {"registry": "CTGOV", "identifier": FULL, "role": "PRIMARY"},
            {"registry": "SPONSOR", "identifier": "EX-7", "role": "SECONDARY"},
            {"registry": "EUCTR", "identifier": "2019-001234-56", "role": "SECONDARY"},
            {"registry": "CTGOV", "identifier": "NCT00000099", "role": "ALIAS"},
            {"identifier": "R01CA123456", "role": "SECONDARY"},
            {"identifier": "none", "role": "SECONDARY"},
        ),
        *_plain_rows(SPARSE, {"identifier": "5R01CA123456-02", "role": "SECONDARY"}),
        *_plain_rows(
            OTHER,
            {"registry": "CTRI", "identifier": OTHER, "role": "PRIMARY"},
            {"registry": "CTGOV", "identifier": SPARSE, "role": "SECONDARY"},
            {"registry": "SPONSOR", "identifier": "EX-7", "role": "SECONDARY"},
        ),
        *_plain_rows(LOOSE, {"registry": "SPONSOR", "identifier": "EX 7", "role": "SECONDARY"}),
        {"trial_id": SPARSE, "ordinal": 2, "registry": "CTGOV", "identifier": SPARSE, "role": "PRIMARY"},
    )
    _fill(
        connection,
        "sponsors",
        *_plain_rows(
            FULL,
            {"name": "Example University", "role": "LEAD", "class": "FED"},
            {"name": "Example Pharma", "role": "COLLABORATOR", "class": "INDUSTRY"},
        ),
    )
    _fill(connection, "conditions", *_plain_rows(FULL, {"name": "Liver Failure"}, {"name": "Cirrhosis"}))
    _fill(connection, "conditions", *_plain_rows(OTHER, {"name": "Surgery"}))
    _fill(connection, "keywords", *_plain_rows(FULL, {"name": "MSC"}))
    _fill(connection, "study_references", *_plain_rows(FULL, {"type": "RESULT", "citation": "A. Author, 2022"}))
    _fill(
        connection,
        "arms",
        *_rows(
            FULL,
            "arm",
            {"label": "Cells", "type": "EXPERIMENTAL", "description": "cells in two doses"},
            {"label": "Saline", "type": "PLACEBO_COMPARATOR"},
        ),
        *_rows(SPARSE, "arm", {"label": "Cohort"}),
    )
    _fill(
        connection,
        "interventions",
        *_rows(
            FULL,
            "intervention",
            {"type": "BIOLOGICAL", "name": "Stem cells", "description": "1e6 cells/kg"},
            {"type": "DRUG", "name": "Saline"},
            {"type": "DRUG", "name": "Never given"},
        ),
    )
    links = [(1, 1), (1, 1), (2, 2)]
    _fill(
        connection,
        "arm_interventions",
        *_plain_rows(
            FULL,
            *({"arm_id": f"{FULL}/arm/{a}", "intervention_id": f"{FULL}/intervention/{i}"} for a, i in links),
        ),
    )
    _fill(
        connection,
        "regimens",
        *_rows(
            FULL,
            "regimen",
            {"intervention_id": f"{FULL}/intervention/1", "dose_low": 1e6, "dose_high": 2e6, "dose_unit": "cells/kg"}
            | {"route": "INTRAVENOUS", "every_value": 4.0, "every_unit": "WEEK", "administrations": 3},
            {"arm_id": f"{FULL}/arm/1", "agent": "MSC", "dose_low": 7e7, "dose_high": 7e7, "dose_unit": "cells"}
            | {"on_days": [1, 8], "cycle_days": 21.0},
            {"intervention_id": f"{FULL}/intervention/2", "dose_high": 20.0, "dose_unit": "mL"},
            {"intervention_id": f"{FULL}/intervention/3", "dose_low": 5.0, "dose_high": 5.0, "dose_unit": "mg"},
        ),
    )
    _fill(
        connection,
        "outcomes",
        *_rows(
            FULL,
            "outcome",
            {"type": "PRIMARY", "measure": "Serum ALT", "description": "in U/L", "time_frame": "Baseline and 6 months"},
            {"type": "SECONDARY", "measure": "Health survey", "time_frame": "every 3 months up to 2 years"},
            {"type": "OTHER", "measure": "ALT, late", "time_frame": "up to 24 months"},
            {"measure": "Survival"},
        ),
        *_rows(
            OTHER, "outcome", {"measure": "Steps", "time_frame": "1 week"}, {"measure": "Pain", "time_frame": "1 day"}
        ),
        *_rows(
            LOOSE, "outcome", {"measure": "steps", "time_frame": "1 Week"}, {"measure": "Pain", "time_frame": "1 day"}
        ),
    )
    half_year, two_years = 6 * 30.4375, 2 * 365.25
    month = {"start_unit": "MONTH", "end_unit": "MONTH"}
    year = {"start_unit": "YEAR", "end_unit": "YEAR"}
    points: dict[int, list[dict[str, Any]]] = {
        1: [
            {"kind": "POINT", "source_text": "Baseline", "start_value": 0.0, "end_value": 0.0, "start_unit": "DAY"}
            | {
                "end_unit": "DAY",
                "start_anchor": "BASELINE",
                "end_anchor": "BASELINE",
                "start_day": 0.0,
                "end_day": 0.0,
            }
            | {"study_day_low": 0.0, "study_day_high": 0.0},
            {"kind": "POINT", "source_text": "6 months", "start_value": 6.0, "end_value": 6.0, **month}
            | {"start_day": half_year, "end_day": half_year, "study_day_low": half_year, "study_day_high": half_year},
            {"kind": "POINT", "source_text": "6 months after surgery", "start_value": 6.0, "end_value": 6.0, **month}
            | {"start_anchor": "PROCEDURE", "end_anchor": "PROCEDURE", "start_anchor_role": "ORIGIN"}
            | {"end_anchor_role": "ORIGIN", "start_day": half_year, "end_day": half_year},
        ],
        2: [
            {"kind": "RECURRING", "source_text": "every 3 months", "start_value": 0.0, "end_value": 2.0, **year}
            | {"every_value": 3.0, "every_unit": "MONTH", "start_day": 0.0, "end_day": two_years}
            | {"study_day_low": 0.0, "study_day_high": two_years},
            # Weekly after surgery until a month after it: the number 0 has no role, the other one has.
            {"kind": "RECURRING", "source_text": "weekly", "start_value": 0.0, "end_value": 1.0, **month}
            | {"every_value": 1.0, "every_unit": "WEEK", "start_anchor": "PROCEDURE", "end_anchor": "PROCEDURE"}
            | {"end_anchor_role": "ORIGIN", "start_day": 0.0, "end_day": 30.4375},
            {"kind": "RECURRING", "source_text": "then yearly until death", "start_value": 2.0, "start_unit": "YEAR"}
            | {"every_value": 1.0, "every_unit": "YEAR", "start_day": two_years, "study_day_low": two_years}
            | {"end_value": 0.0, "end_unit": "DAY", "end_anchor": "DEATH", "end_day": 0.0},
            {"kind": "RECURRING", "source_text": "daily", "every_value": 1.0, "every_unit": "DAY"},
        ],
        3: [
            {"kind": "WINDOW", "source_text": "up to 24 months", "start_value": 0.0, "end_value": 24.0, **month}
            | {"start_day": 0.0, "end_day": two_years, "study_day_low": 0.0, "study_day_high": two_years},
            {"kind": "WINDOW", "source_text": "26 weeks or later", "start_value": 26.0, "start_unit": "WEEK"}
            | {"start_day": 182.0, "study_day_low": 182.0},
            {"kind": "WINDOW", "source_text": "from day 1 to discharge", "start_value": 1.0, "start_unit": "DAY"}
            | {"start_day": 1.0, "study_day_low": 1.0, "end_value": 0.0, "end_unit": "DAY", "end_anchor": "DISCHARGE"},
            {"kind": "UNRESOLVED", "source_text": "Visit 5"},
            {"kind": "POINT", "source_text": "Cycle 2 Day 15", "start_value": 15.0, "end_value": 15.0, "cycle": 2}
            | {"start_unit": "DAY", "end_unit": "DAY", "start_anchor": "CYCLE_START", "end_anchor": "CYCLE_START"}
            | {"start_anchor_role": "ORIGIN", "end_anchor_role": "ORIGIN", "start_day": 15.0, "end_day": 15.0},
        ],
    }
    for outcome, rows in points.items():
        key = f"{FULL}/outcome/{outcome}"
        keyed = [
            {"trial_id": FULL, "outcome_id": key, "ordinal": n, "timepoint_id": f"{key}/timepoint/{n}"} | row
            for n, row in enumerate(rows, 1)
        ]
        _fill(connection, "timepoints", *({"approximate": False} | row for row in keyed))
    _fill(
        connection,
        "sites",
        *_rows(
            FULL,
            "site",
            {"facility": "East Hospital", "city": "Springfield", "state": "Ohio", "postal_code": "1"}
            | {"country": "United States", "country_code": "US", "status": "RECRUITING"}
            | {"latitude": 39.92423, "longitude": -83.80882},
            {"city": "Springfield", "country": "USA", "country_code": "US", "status": "COMPLETED"},
            {"city": "Köln", "country": "Germany", "country_code": "DE"},
            {"country": "Atlantis"},
        ),
    )
    _fill(
        connection,
        "eligibility_criteria",
        *_plain_rows(FULL, {"kind": "INCLUSION", "text": "a liver"}, {"kind": "EXCLUSION", "text": "no consent"}),
    )
    _fill(connection, "trial_sources", *({"trial_id": FULL, "column_group": g} for g in ("overall_status", "phases")))
    status, phases, size = "overall_status", "phases", "enrollment"
    claims = [
        (status, "COMPLETED", "d-register", True, "STALE"),
        (status, "RECRUITING", "d-old", False, "STALE"),
        (status, "UNKNOWN", "d-site", False, "DIFFERENT"),
        (status, "RECRUITING", "d-site", False, "WITHIN"),
        (phases, "PHASE1, PHASE2", "d-register", True, "LOSSY"),
        (phases, "PHASE1", "d-site", False, "LOSSY"),
        (phases, "PHASE1, PHASE2, PHASE3", "d-old", False, "STALE"),
        (size, "40", "d-register", True, "DIFFERENT"),
        (size, "45", "d-site", False, "DIFFERENT"),
        (size, None, "d-old", False, "STALE"),
    ]
    _fill(
        connection,
        "conflicts",
        *(
            {"trial_id": FULL, "field": field, "value": value, "normalised": value, "document_id": document}
            | {"chosen": chosen, "kind": kind}
            for field, value, document, chosen, kind in claims
        ),
    )


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of four trials, with its views."""
    with duckdb.connect() as connection:
        _fill_all(connection)
        views.create_views(connection)
        yield connection


@pytest.fixture
def ask(warehouse: duckdb.DuckDBPyConnection) -> Any:
    """Return the rows that answer a query."""
    return lambda query: warehouse.execute(query).fetchall()


# --- documentation and form -------------------------------------------------------------------------------------------


@each_view
def test_every_view_is_explained(view: views.View) -> None:
    """The file's comments and the page are these sentences: a gap would be published."""
    assert view.description.endswith(".")
    assert view.question.endswith(".")
    for column in view.columns:
        assert re.fullmatch(r".{8,}\.", column.description, re.DOTALL), column
    for parameter in view.parameters:
        assert parameter.description.endswith("."), parameter


@pytest.mark.parametrize("one", views.definitions(), ids=lambda one: one.full_name)
def test_no_meaning_is_left_over(one: views.Definition) -> None:
    """A column that was renamed would keep its old explanation, and the new name would have none."""
    columns = next(view.columns for view in views.catalogue() if (view.schema, view.name) == (one.schema, one.name))
    assert set(one.meanings) <= {column.name for column in columns}
    if one.kind == "MACRO":
        signature = one.sql[one.sql.index("(") + 1 : one.sql.index(")")]
        assert [part.split(":=")[0].strip() for part in signature.split(",")] == [name for name, _ in one.parameters]


@each_view
def test_every_example_runs(view: views.View, warehouse: duckdb.DuckDBPyConnection) -> None:
    """An example is what people copy first."""
    assert view.name in view.example
    warehouse.execute(view.example).fetchall()


def test_every_example_runs_on_an_empty_warehouse() -> None:
    """A build may hold no dose and no timepoint; the documentation's queries must say so, not fail."""
    with duckdb.connect() as connection:
        for table in TABLES.values():
            connection.execute(create_table(table))
        views.create_views(connection)
        for view in views.catalogue():
            if "PIVOT" not in view.example:  # without a value there is no column to make
                connection.execute(view.example).fetchall()


def test_comments_are_in_the_file(ask: Any) -> None:
    """Tools show a view's and a column's comment where people browse the file."""
    kinds = {(view.schema, view.name): view for view in views.catalogue()}
    said = ask(
        "SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal UNION ALL "
        "SELECT schema_name, function_name, comment FROM duckdb_functions() WHERE NOT internal"
    )
    assert {row[:2] for row in said} == set(kinds)
    assert all(" ".join(kinds[row[:2]].description.split()) == row[2] for row in said)
    columns = ask("SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal")
    commented = {row[:3]: row[3] for row in columns}
    for view in views.catalogue():
        if view.kind == "VIEW":
            for column in view.columns:
                assert commented[view.schema, view.name, column.name] == column.description


def test_page_is_current() -> None:
    """A page that lags behind the SQL misleads those who read only the documentation."""
    page = (ROOT / "docs/views.md").read_text(encoding="utf-8")
    assert page == views.page(views.catalogue()), "run: python -m pipeline.building.views > docs/views.md"
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    headings = {
        re.sub(r"[^\w -]", "", line[3:].lower()).replace(" ", "-") for line in page.splitlines() if line[:3] == "## "
    }
    assert links == headings


@each_view
def test_lineage_names_every_table(view: views.View) -> None:
    """A table that is written without its schema is missed by the lineage, and found by accident of the search path."""
    with duckdb.connect() as connection:
        for name in view.tables:
            connection.execute(create_table(TABLES[name.removeprefix("main.")]))
        wanted = {f"{view.schema}.{view.name}"}
        for one in reversed(views.definitions()):
            wanted |= set(one.reads) if one.full_name in wanted else set()
        for one in views.definitions():
            if one.full_name in wanted:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {one.schema}")
                connection.execute(one.sql)
        call = f"({', '.join('NULL' for _ in view.parameters)})" if view.kind == "MACRO" else ""
        assert connection.execute(f"FROM {view.schema}.{view.name}{call}").fetchall() == []


def test_order_is_stable_and_parents_come_first() -> None:
    """A view that is created before what it reads fails the build, and an order by chance would do so at times."""
    seen: set[str] = set()
    for one in views.definitions():
        assert {name for name in one.reads if name.removeprefix("main.") not in TABLES} <= seen
        seen.add(one.full_name)


def test_views_work_in_the_published_file(tmp_path: Path) -> None:
    """Analysts attach the file under any name, read-only, and stand in any schema."""
    file = tmp_path / "published.duckdb"
    with duckdb.connect(str(file), config={"storage_compatibility_version": "v1.5.0"}) as connection:
        _fill_all(connection)
        views.create_views(connection)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS house (READ_ONLY)")
        for view in views.catalogue():
            if view.kind == "VIEW":
                connection.execute(f"FROM house.{view.schema}.{view.name}").fetchall()
        connection.execute("USE house.ctgov")
        assert connection.execute("SELECT count(*) FROM conditions").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM main.assessments_at('Serum', 180, 14)").fetchone() == (1,)


def _file(root: Path, text: str, name: str = "main/v.sql") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


GOOD = "-- One row\n-- a day.\n--\n-- Columns:\n--   a: The day\n--     itself.\n--\n-- Example: Days.\n--   FROM v\n"


def test_a_file_is_read_as_it_says(tmp_path: Path) -> None:
    """Lines that go on, and a query's indentation, must come through."""
    read = views.parse(_file(tmp_path, GOOD + "CREATE VIEW main.v AS SELECT 1 AS a FROM main.trials;\n"))
    assert (read.description, dict(read.meanings)) == ("One row a day.", {"a": "The day itself."})
    assert (read.question, read.example, read.reads) == ("Days.", "FROM v", ("main.trials",))
    assert not read.sql.endswith(";")


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "CREATE VIEW main.w AS SELECT 1;",
        GOOD + "SELECT 1;",
        "-- One row.\nCREATE VIEW main.v AS SELECT 1;",
        "-- Example: Days.\n--   FROM v\nCREATE VIEW main.v AS SELECT 1;",
    ],
    ids=["another name", "no view", "no example", "no description"],
)
def test_a_file_that_breaks_the_form_is_named(text: str, tmp_path: Path) -> None:
    """Whoever adds a view must learn which file is wrong and why."""
    with pytest.raises(views.ViewError, match=r"v\.sql"):
        views.parse(_file(tmp_path, text))


def test_a_folder_without_views_is_an_error(tmp_path: Path) -> None:
    """An installation without the SQL would publish a warehouse without views and say nothing."""
    with pytest.raises(views.ViewError, match="holds no views"):
        views.definitions(tmp_path)


def test_sql_that_fails_names_its_view(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A column that left the contract breaks a view in the build: the message must say which."""
    broken = views.parse(_file(tmp_path, GOOD + "CREATE VIEW main.v AS SELECT no_such FROM main.trials;"))
    monkeypatch.setattr(views, "definitions", lambda: (broken,))
    with duckdb.connect() as connection, pytest.raises(views.ViewError, match=r"main\.v cannot be created"):
        connection.execute(create_table(TABLES["trials"]))
        views.create_views(connection)


# --- trials, sites, enrollment ----------------------------------------------------------------------------------------


def test_trial_overview_is_one_row_a_trial(ask: Any) -> None:
    """A join that multiplies or drops trials would make every count wrong."""
    rows = ask("SELECT trial_id, title, arms, outcomes, sites, documents FROM trial_overview ORDER BY trial_id")
    assert rows == [
        (OTHER, "Walking After Surgery", None, 2, None, 0),
        (FULL, "Cells for the Failing Liver", 2, 4, 4, 3),
        (SPARSE, "A Cohort of Livers", 1, None, None, 0),
        (LOOSE, "cells for the failing  LIVER!", None, 2, None, 1),
    ]
    assert ask(
        "SELECT conditions, interventions, primary_outcomes, countries, disagreements, document_date, source_url "
        f"FROM trial_overview WHERE trial_id = '{FULL}'"
    ) == [
        (
            ["Liver Failure", "Cirrhosis"],
            ["Stem cells", "Saline", "Never given"],
            ["Serum ALT"],
            ["DE", "US"],
            3,
            date(2024, 5, 1),
            "https://register.example/1",
        )
    ]


def test_site_countries_count_spellings_as_one_country(ask: Any) -> None:
    """Two spellings are one country; a country that no vocabulary knows must not vanish."""
    assert ask("FROM site_countries ORDER BY country_code NULLS LAST") == [
        (FULL, "DE", "Germany", 1, 1, None),
        (FULL, "US", "USA", 2, 1, 1),
        (FULL, None, "Atlantis", 1, 0, None),
    ]


def test_enrollment_by_year_keeps_counts_from_targets(ask: Any) -> None:
    """Adding targets to counts would invent participants."""
    assert ask("FROM enrollment_by_year") == [
        (2020, "ACTUAL", 1, 1, 40, 40.0, 40),
        (2020, "ESTIMATED", 1, 1, 60, 60.0, 60),
        (2020, None, 1, 1, 9, 9.0, 9),
        (None, None, 1, 1, 40, 40.0, 40),
    ]


@pytest.mark.parametrize(
    ("lowest", "highest", "groups"),
    [
        (("18 Years", 18.0), ("70 Years", 70.0), (False, True, True)),
        (("18 Years", 18.0), ("64 Years", 64.0), (False, True, False)),
        (("N/A", None), ("17 Years", 17.0), (True, False, False)),
        (("6 Months", 0.5), ("N/A", None), (True, True, True)),
        (("65 Years", 65.0), (None, None), (False, False, True)),
        (("18 Years", 18.0), (None, None), (False, True, None)),
        ((None, None), ("40 Years", 40.0), (None, True, False)),
        ((None, None), ("70 Years", 70.0), (None, None, True)),
        ((None, None), (None, None), (None, None, None)),
    ],
)
def test_age_groups_follow_from_what_is_said(lowest: Any, highest: Any, groups: Any) -> None:
    """A limit that is not mentioned is no limit of 0 or 120 years."""
    with duckdb.connect() as connection:
        connection.execute(create_table(TABLES["trials"]))
        ages = dict(zip(("minimum_age", "minimum_age_years"), lowest, strict=True))
        ages |= dict(zip(("maximum_age", "maximum_age_years"), highest, strict=True))
        _fill(connection, "trials", {"trial_id": "T", **ages})
        connection.execute(next(one.sql for one in views.definitions() if one.name == "trial_age_groups"))
        assert connection.execute("SELECT child, adult, older_adult FROM trial_age_groups").fetchall() == [groups]


# --- timepoints -------------------------------------------------------------------------------------------------------


def test_schedule_is_in_the_source_s_order(ask: Any) -> None:
    """Outcomes without a time frame belong to the schedule; one spelling a time lets a pivot line them up."""
    rows = ask(
        f"SELECT outcome_ordinal, timepoint_ordinal, time FROM schedule_of_assessments WHERE trial_id = '{FULL}'"
    )
    assert rows == [
        (1, 1, "BASELINE"),
        (1, 2, "6 MONTH"),
        (1, 3, "6 MONTH after PROCEDURE"),
        (2, 1, "every 3 MONTH, 0 .. 2 YEAR"),
        (2, 2, "every 1 WEEK, PROCEDURE .. 1 MONTH after PROCEDURE"),
        (2, 3, "every 1 YEAR, 2 YEAR .. DEATH"),
        (2, 4, "every 1 DAY"),
        (3, 1, "0 .. 24 MONTH"),
        (3, 2, "26 WEEK .. ?"),
        (3, 3, "1 DAY .. DISCHARGE"),
        (3, 4, "Visit 5"),
        (3, 5, "cycle 2, 15 DAY after CYCLE_START"),
        (4, None, None),
    ]


def test_schedule_by_time_follows_the_study_s_time_line(ask: Any) -> None:
    """A reader wants visit after visit; what the time line does not hold must come last, not first."""
    rows = ask("SELECT time, study_day_low, measures FROM schedule_by_time")
    days = [day for _, day, _ in rows]
    assert days == sorted(days, key=lambda day: (day is None, day))
    assert rows[0] == ("BASELINE", 0.0, ["Serum ALT"])
    assert sum(len(measures) for _, _, measures in rows) == 12


def test_assessments_at_compares_only_on_the_study_s_time_line(ask: Any) -> None:
    """Month 6 of the study is not six months after surgery; a window promises no visit."""
    at = "FROM (FROM assessments_at('{}', {}, {})) SELECT source_text, matched_day ORDER BY source_text"
    assert ask(at.format(r"\balt\b", 6 * 30.4375, 14)) == [("6 months", 182.625)]
    # "Health" holds the letters too.
    assert len(ask(at.format("ALT", 6 * 30.4375, 14))) == 2
    assert ask(at.format("survey", 180, 14)) == [("every 3 months", 182.625)]
    assert ask(at.format("survey", 137, 14)) == []
    assert ask(at.format("survey", 137, 50)) == [("every 3 months", 182.625)]
    # Neither before its beginning nor after its end.
    assert ask(at.format("survey", 2 * 365.25 + 91, 14)) == []
    assert ask(at.format("survey", -91, 14)) == []
    assert ask(at.format("Serum", 0, 0)) == [("Baseline", 0.0)]


def test_assessments_at_takes_windows_on_request(ask: Any) -> None:
    """An open end lasts; an end that no number dates does not tell how long."""
    at = "SELECT source_text FROM assessments_at('late', {}, 1, include_windows := true) ORDER BY 1"
    assert ask(at.format(180)) == [("up to 24 months",)]
    assert ask(at.format(365)) == [("26 weeks or later",), ("up to 24 months",)]
    assert ask(at.format(3650)) == [("26 weeks or later",)]


def test_recurring_points_end_where_the_words_end(ask: Any) -> None:
    """A time without an end has no last point unless the caller says how far to look."""
    points = "SELECT source_text, list(day ORDER BY point), max(points), bool_or(open_ended) FROM {} GROUP BY 1"
    assert sorted(ask(points.format("recurring_points()"))) == [
        ("every 3 months", [n * 91.3125 for n in range(9)], 9, False),
        ("weekly", [0, 7, 14, 21, 28], 5, False),
    ]
    opened = {row[0]: row[1:] for row in ask(points.format("recurring_points(open_until_day := 1500)"))}
    assert opened["then yearly until death"] == ([730.5, 1095.75, 1461.0], 3, True)
    assert "daily" not in opened
    few = {row[0]: row[1:] for row in ask(points.format("recurring_points(most := 2)"))}
    assert few["every 3 months"] == ([0, 91.3125], 9, False)
    # Points after surgery have no day of the study.
    assert ask("SELECT DISTINCT study_day IS NULL FROM recurring_points() WHERE source_text = 'weekly'") == [(True,)]


# --- regimens ---------------------------------------------------------------------------------------------------------


def test_arm_doses_reach_the_arms_that_get_them(ask: Any) -> None:
    """A link given twice must not double a dose; an intervention in no arm must not vanish."""
    assert ask("SELECT arm_label, agent, dose, frequency, said_of FROM arm_doses") == [
        ("Cells", "Stem cells", "1000000-2000000 cells/kg", "every 4 WEEK", "INTERVENTION"),
        ("Cells", "MSC", "70000000 cells", "days 1, 8 of 21", "ARM"),
        ("Saline", "Saline", "up to 20 mL", None, "INTERVENTION"),
        (None, "Never given", "5 mg", None, "INTERVENTION"),
    ]


def test_cell_doses_are_not_converted_unasked(ask: Any) -> None:
    """No trial says what its participants weigh: cells a kilogram must not become cells by a guess."""
    assert ask("SELECT agent, cells_low, cells_per_kg_low, cells_per_kg_high, total_high FROM cell_doses") == [
        ("Stem cells", None, 1e6, 2e6, 6e6),
        ("MSC", 7e7, None, None, None),
    ]
    assert ask(
        "SELECT agent, cells_high, cells_per_kg_high, converted FROM cell_doses_at_weight(70) ORDER BY cells_high"
    ) == [("MSC", 7e7, 1e6, "CELLS_PER_KG"), ("Stem cells", 1.4e8, 2e6, "CELLS")]


# --- disagreements and duplicates -------------------------------------------------------------------------------------


def test_stale_statuses_name_the_site_that_lags(ask: Any) -> None:
    """A page without a date is not known to be older, and two statuses on one page are another matter."""
    assert ask("SELECT source, reported_status, current_status, kind, days_behind, uri FROM stale_statuses") == [
        ("crick", "RECRUITING", "COMPLETED", "STALE", 30, "old.txt"),
        ("medpath", "UNKNOWN", "COMPLETED", "DIFFERENT", None, "site.txt"),
    ]


def test_dropped_phases_are_those_left_out(ask: Any) -> None:
    """A document with a phase more has dropped none."""
    assert ask("SELECT source, reported_phases, dropped_phases, kind FROM dropped_phases") == [
        ("medpath", ["PHASE1"], ["PHASE2"], "LOSSY")
    ]


def test_enrollment_differences_are_numbers(ask: Any) -> None:
    """A claim that gave no number differs by none."""
    assert ask("SELECT source, reported_enrollment, enrollment, difference FROM enrollment_differences") == [
        ("medpath", 45, 40, 5)
    ]


def test_possible_duplicates_come_with_their_evidence(ask: Any) -> None:
    """A grant's number and a number of two sponsors tell nothing; a page without a number must find its trial."""
    assert ask("SELECT trial_id, other_trial_id, evidence, shared, same_registry FROM possible_duplicates") == [
        (FULL, LOOSE, ["SPONSOR_NUMBER", "TITLE_AND_SPONSOR", "TITLE_AND_ENROLLMENT"], ["EX7"], None),
        (OTHER, SPARSE, ["SHARED_IDENTIFIER"], [SPARSE], False),
        (OTHER, LOOSE, ["SAME_OUTCOMES"], None, None),
    ]


def test_what_many_trials_share_is_no_evidence() -> None:
    """A number on every trial of a programme would pair each with each: millions of rows that say nothing."""
    with duckdb.connect() as connection:
        for name in ("trials", "trial_identifiers", "outcomes"):
            connection.execute(create_table(TABLES[name]))
        connection.execute(next(one.sql for one in views.definitions() if one.name == "possible_duplicates"))
        for size, pairs in ((10, 45), (11, 0)):
            connection.execute("DELETE FROM trials; DELETE FROM trial_identifiers")
            trials = [f"T{n:02}" for n in range(size)]
            _fill(connection, "trials", *({"trial_id": trial} for trial in trials))
            numbers = [{"identifier": "PROGRAMME-1", "role": "SECONDARY", "trial_id": t, "ordinal": 1} for t in trials]
            _fill(connection, "trial_identifiers", *numbers)
            assert connection.execute("SELECT count(*) FROM possible_duplicates").fetchall() == [(pairs,)]


# --- ctrdata ----------------------------------------------------------------------------------------------------------


def test_ctrdata_concepts_have_its_values(ask: Any) -> None:
    """R users compare with these words; what the source does not say is NULL, not a default."""
    names = "assignmentType, controlType, hasResults, isMedIntervTrial, numSites, sampleSize, sponsorType, "
    names += "statusRecruitment, trialPhase, trialPopulationAgeGroup"
    rows = {row[0]: row[1:] for row in ask(f"SELECT _id, {names} FROM ctrdata_concepts")}
    assert rows[FULL] == ("R", "placebo", True, True, 4, 40, "mixed", "completed", "phase 1+2", "A+E")
    assert rows[SPARSE] == (None, None, None, False, None, 9, None, "ongoing", None, "P")
    assert rows[OTHER] == (None, None, None, None, None, 60, None, None, None, None)
    assert ask(
        "SELECT primaryEndpointDescription, resultsDate, startDate, trialPopulationInclusion, "
        f"trialPopulationExclusion, trialTitle FROM ctrdata_concepts WHERE _id = '{FULL}'"
    ) == [
        (
            ["Serum ALT == in U/L == Baseline and 6 months"],
            date(2021, 10, 1),
            date(2020, 1, 15),
            "a liver",
            "no consent",
            "A Randomised Study of Cells for the Failing Liver",
        )
    ]


# --- AACT -------------------------------------------------------------------------------------------------------------

_TEXT, _DATE, _FLAG, _COUNT, _ID = "VARCHAR", "DATE", "BOOLEAN", "INTEGER", "BIGINT"
_DAYS = "study_first_submitted results_first_submitted disposition_first_submitted last_update_submitted"
AACT: dict[str, dict[str, str]] = {
    "studies": {"nct_id": _TEXT, "nlm_download_date_description": _TEXT}
    | {f"{name}_date": _DATE for name in _DAYS.split()}
    | {"study_first_submitted_qc_date": _DATE, "study_first_posted_date": _DATE, "study_first_posted_date_type": _TEXT}
    | {"results_first_submitted_qc_date": _DATE, "results_first_posted_date": _DATE}
    | {"results_first_posted_date_type": _TEXT, "disposition_first_submitted_qc_date": _DATE}
    | {"disposition_first_posted_date": _DATE, "disposition_first_posted_date_type": _TEXT}
    | {"last_update_submitted_qc_date": _DATE, "last_update_posted_date": _DATE, "last_update_posted_date_type": _TEXT}
    | {"start_month_year": _TEXT, "start_date_type": _TEXT, "start_date": _DATE}
    | {"verification_month_year": _TEXT, "verification_date": _DATE}
    | {"completion_month_year": _TEXT, "completion_date_type": _TEXT, "completion_date": _DATE}
    | {"primary_completion_month_year": _TEXT, "primary_completion_date_type": _TEXT, "primary_completion_date": _DATE}
    | dict.fromkeys(("target_duration", "study_type", "acronym", "baseline_population", "brief_title"), _TEXT)
    | dict.fromkeys(("official_title", "overall_status", "last_known_status", "phase"), _TEXT)
    | {"enrollment": _COUNT, "enrollment_type": _TEXT, "source": _TEXT, "limitations_and_caveats": _TEXT}
    | {"number_of_arms": _COUNT, "number_of_groups": _COUNT, "why_stopped": _TEXT, "has_expanded_access": _FLAG}
    | dict.fromkeys((f"expanded_access_type_{name}" for name in ("individual", "intermediate", "treatment")), _FLAG)
    | dict.fromkeys(("has_dmc", "is_fda_regulated_drug", "is_fda_regulated_device"), _FLAG)
    | dict.fromkeys(("is_unapproved_device", "is_ppsd", "is_us_export"), _FLAG)
    | dict.fromkeys(("biospec_retention", "biospec_description", "ipd_time_frame", "ipd_access_criteria"), _TEXT)
    | dict.fromkeys(("ipd_url", "plan_to_share_ipd", "plan_to_share_ipd_description"), _TEXT)
    | {"created_at": "TIMESTAMP", "updated_at": "TIMESTAMP", "source_class": _TEXT, "delayed_posting": _TEXT}
    | {"expanded_access_nctid": _TEXT, "expanded_access_status_for_nctid": _TEXT, "fdaaa801_violation": _FLAG}
    | {"baseline_type_units_analyzed": _TEXT},
    "design_outcomes": {"id": _ID, "nct_id": _TEXT}
    | dict.fromkeys(("outcome_type", "measure", "time_frame", "population", "description"), _TEXT),
    "design_groups": {"id": _ID} | dict.fromkeys(("nct_id", "group_type", "title", "description"), _TEXT),
    "interventions": {"id": _ID} | dict.fromkeys(("nct_id", "intervention_type", "name", "description"), _TEXT),
    "design_group_interventions": {"id": _ID, "nct_id": _TEXT, "design_group_id": _ID, "intervention_id": _ID},
    "facilities": {"id": _ID}
    | dict.fromkeys(("nct_id", "status", "name", "city", "state", "zip", "country"), _TEXT)
    | {"latitude": "DECIMAL(10,6)", "longitude": "DECIMAL(10,6)"},
    "sponsors": {"id": _ID} | dict.fromkeys(("nct_id", "agency_class", "lead_or_collaborator", "name"), _TEXT),
    "conditions": {"id": _ID} | dict.fromkeys(("nct_id", "name", "downcase_name"), _TEXT),
    "keywords": {"id": _ID} | dict.fromkeys(("nct_id", "name", "downcase_name"), _TEXT),
    "id_information": {"id": _ID}
    | dict.fromkeys(("nct_id", "id_source", "id_value", "id_type", "id_type_description", "id_link"), _TEXT),
    "eligibilities": {"id": _ID}
    | dict.fromkeys(("nct_id", "sampling_method", "gender", "minimum_age", "maximum_age"), _TEXT)
    | dict.fromkeys(("healthy_volunteers", "population", "criteria", "gender_description"), _TEXT)
    | dict.fromkeys(("gender_based", "adult", "child", "older_adult"), _FLAG),
    "designs": {"id": _ID}
    | dict.fromkeys(("nct_id", "allocation", "intervention_model", "observational_model", "primary_purpose"), _TEXT)
    | dict.fromkeys(("time_perspective", "masking", "masking_description", "intervention_model_description"), _TEXT)
    | dict.fromkeys(
        (f"{who}_masked" for who in ("subject", "caregiver", "investigator", "outcomes_assessor")),
        _FLAG,
    ),
    "brief_summaries": {"id": _ID, "nct_id": _TEXT, "description": _TEXT},
    "detailed_descriptions": {"id": _ID, "nct_id": _TEXT, "description": _TEXT},
    "calculated_values": {"id": _ID, "nct_id": _TEXT}
    | dict.fromkeys(("number_of_facilities", "number_of_nsae_subjects", "number_of_sae_subjects"), _COUNT)
    | {"registered_in_calendar_year": _COUNT, "nlm_download_date": _DATE, "actual_duration": _COUNT}
    | {"were_results_reported": _FLAG, "months_to_report_results": _COUNT, "has_us_facility": _FLAG}
    | {"has_single_facility": _FLAG, "minimum_age_num": _COUNT, "maximum_age_num": _COUNT}
    | {"minimum_age_unit": _TEXT, "maximum_age_unit": _TEXT}
    | {f"number_of_{kind}_outcomes_to_measure": _COUNT for kind in ("primary", "secondary", "other")},
}
"""AACT's tables, from its `db/structure.sql`, and the point of its facilities; `id` is wider here."""

of_aact = {view.name: view for view in views.catalogue() if view.schema == "ctgov"}


def test_ctgov_has_aact_s_tables_columns_and_types() -> None:
    """A query names them: one letter of difference and it fails."""
    assert {name: {column.name: column.type for column in view.columns} for name, view in of_aact.items()} == AACT


def test_columns_that_are_always_null_are_documented(ask: Any) -> None:
    """An analyst who counts NULLs must be able to learn why; a column that is filled must not be called empty."""
    page = (ROOT / "docs/aact.md").read_text(encoding="utf-8")
    section = page.split("**Columns that are always NULL**")[1].split("\n\n")[1]
    listed = {
        (row.split("|")[1].strip(" `"), name)
        for row in section.splitlines()[2:]
        for name in re.findall(r"`(\w+)`", row.split("|")[2])
    }
    said = {(v.name, c.name) for v in of_aact.values() for c in v.columns if c.description.startswith("Always NULL")}
    empty = {
        (view.name, column.name)
        for view in of_aact.values()
        for column in view.columns
        if ask(f'SELECT count("{column.name}") FROM ctgov.{view.name}') == [(0,)]
    }
    assert listed == said == empty


def test_ctgov_holds_studies_of_that_register_only(ask: Any) -> None:
    """Queries take the letters NCT for granted."""
    for name in AACT:
        assert ask(f"SELECT count(*) FROM ctgov.{name} WHERE NOT regexp_full_match(nct_id, 'NCT[0-9]{{8}}')") == [(0,)]
    assert ask("SELECT count(*) FROM ctgov.studies") == [(2,)]


def test_ids_are_unique_stable_and_exact_in_floating_point(ask: Any) -> None:
    """R and JavaScript hold integers in 53 bits: a larger id would join to another row there."""
    for name in AACT.keys() - {"studies"}:
        assert ask(
            f"SELECT count(DISTINCT id) = count(*), min(id) >= 0, max(id) < 1::BIGINT << 53 FROM ctgov.{name}"
        ) == [(True, True, True)]
    # The same in every version and on every machine.
    assert ask(f"SELECT id FROM ctgov.design_groups WHERE nct_id = '{FULL}' AND title = 'Cells'") == [(1_000_001,)]
    assert ask("SELECT id FROM ctgov.designs ORDER BY id") == [(1,), (2,)]


def test_ids_rise_in_the_source_s_order(ask: Any) -> None:
    """Queries take the row with the lowest id for the first that the source names, such as the main condition."""
    assert ask(f"SELECT name FROM ctgov.conditions WHERE nct_id = '{FULL}' ORDER BY id") == [
        ("Liver Failure",),
        ("Cirrhosis",),
    ]
    for name in ("design_groups", "interventions", "design_outcomes", "facilities", "sponsors", "id_information"):
        of_main = {"design_groups": "arms", "design_outcomes": "outcomes", "facilities": "sites"} | {
            "id_information": "trial_identifiers"
        }
        ids = [row[0] for row in ask(f"SELECT id FROM ctgov.{name} ORDER BY id")]
        ordinals = dict(
            ask(f"SELECT substr(trial_id, 4)::BIGINT * 1000000 + ordinal, ordinal FROM {of_main.get(name, name)}"
                " WHERE trial_id LIKE 'NCT%'")
        )  # fmt: skip
        assert set(ids) <= ordinals.keys(), name


def test_a_number_that_is_no_number_breaks_no_query(ask: Any) -> None:
    """A search by id must not read the digits of other registers' numbers, whatever order DuckDB filters in."""
    assert ask("SELECT nct_id FROM ctgov.conditions WHERE id = 1000002 AND name <> 'x'") == [(FULL,)]


def test_aact_values_are_spelt_as_in_aact(ask: Any) -> None:
    """A query compares with these words."""
    assert ask(
        "SELECT phase, start_month_year, primary_completion_month_year, completion_month_year, number_of_arms, "
        "number_of_groups FROM ctgov.studies ORDER BY nct_id"
    ) == [
        ("PHASE1/PHASE2", "2020-01-15", "2021-03", "2022", 2, None),
        ("NA", None, None, None, None, 1),
    ]
    assert ask("SELECT outcome_type FROM ctgov.design_outcomes ORDER BY measure") == [
        ("other",), ("secondary",), ("primary",), (None,)
    ]  # fmt: skip
    assert ask("SELECT id_source, id_value, id_type FROM ctgov.id_information WHERE nct_id = 'NCT00000001'") == [
        ("org_study_id", "EX-7", None),
        ("secondary_id", "2019-001234-56", "EUDRACT_NUMBER"),
        ("nct_alias", "NCT00000099", None),
        ("secondary_id", "R01CA123456", None),
        ("secondary_id", "none", None),
    ]
    assert ask("SELECT healthy_volunteers, adult, child, minimum_age FROM ctgov.eligibilities ORDER BY nct_id") == [
        ("f", True, False, "18 Years"),
        (None, False, True, "N/A"),
    ]
    assert ask("SELECT subject_masked, caregiver_masked FROM ctgov.designs ORDER BY nct_id") == [
        (True, False),
        (None, None),
    ]
    assert ask("SELECT lead_or_collaborator, agency_class FROM ctgov.sponsors ORDER BY 1") == [
        ("collaborator", "INDUSTRY"),
        ("lead", "FED"),
    ]


def test_calculated_values_impute_nothing(ask: Any) -> None:
    """AACT puts 0 sites and no results where a study says nothing: here that is NULL."""
    full, sparse = ask("SELECT * EXCLUDE (id, nct_id) FROM ctgov.calculated_values ORDER BY nct_id")
    assert full == (4, None, None, 2019, None, 13, True, 6, True, False, 18, 70, "year", "year", 1, 1, 1)
    assert sparse == (*(None,) * 11, 17, None, "year", None, None, None)


QUERIES = {
    "studies by status": """
        SELECT overall_status, COUNT(*) AS n FROM ctgov.studies GROUP BY overall_status ORDER BY n DESC""",
    "started in a span": """
        SELECT nct_id, brief_title, phase, enrollment FROM studies
        WHERE study_type = 'INTERVENTIONAL' AND (phase = 'PHASE2' OR phase = 'PHASE1/PHASE2')
          AND start_date >= '2019-03-01' AND start_date <= '2024-12-31'""",
    "who leads": """
        SELECT s.nct_id, sp.name, sp.agency_class FROM studies s
        JOIN sponsors sp ON s.nct_id = sp.nct_id WHERE sp.lead_or_collaborator = 'lead'""",
    "title and criteria": """
        SELECT DISTINCT studies.nct_id, studies.official_title, brief_summaries.description,
               detailed_descriptions.description, eligibilities.criteria
        FROM ctgov.studies
        JOIN ctgov.brief_summaries ON brief_summaries.nct_id = studies.nct_id
        JOIN ctgov.detailed_descriptions ON detailed_descriptions.nct_id = studies.nct_id
        JOIN ctgov.eligibilities ON eligibilities.nct_id = studies.nct_id;""",
    "conditions in one column": """
        SELECT nct_id, array_to_string(array_agg(DISTINCT name), '|'::text) AS names FROM conditions GROUP BY nct_id""",
    "trials by year": """
        SELECT EXTRACT(YEAR FROM start_date)::int AS year, date_part('month', start_date), count(*)
        FROM studies WHERE start_date IS NOT NULL GROUP BY 1, 2 ORDER BY 1""",
    "sites of recruiting studies": """
        SELECT f.country, COUNT(DISTINCT f.nct_id) FROM facilities f
        INNER JOIN studies s USING (nct_id) LEFT JOIN calculated_values cv USING (nct_id)
        WHERE cv.has_us_facility IS TRUE AND cv.number_of_facilities > 1
        GROUP BY f.country HAVING COUNT(*) >= 1""",
    "words in a title": "SELECT nct_id FROM studies WHERE brief_title ILIKE '%cell%' OR official_title ~* 'stem|liver'",
    "arms and what they get": """
        SELECT dg.title, dg.group_type, i.intervention_type, i.name
        FROM design_groups dg
        JOIN design_group_interventions dgi ON dgi.design_group_id = dg.id
        JOIN interventions i ON i.id = dgi.intervention_id""",
    "primary endpoints": """
        SELECT nct_id, string_agg(measure || ' [' || coalesce(time_frame, '') || ']', '; ') FROM design_outcomes
        WHERE outcome_type = 'primary' GROUP BY nct_id""",
    "adults by age": """
        SELECT e.nct_id, CASE WHEN cv.minimum_age_unit = 'year' THEN cv.minimum_age_num END AS years
        FROM eligibilities e JOIN calculated_values cv ON e.nct_id = cv.nct_id
        WHERE e.gender = 'ALL' AND e.adult AND e.healthy_volunteers = 'f'""",
    "share of randomised studies": """
        SELECT round(100.0 * count(*) FILTER (WHERE allocation = 'RANDOMIZED') / count(*), 1) FROM designs""",
    "days between": """
        SELECT nct_id, primary_completion_date - start_date AS days, results_first_submitted_date
        FROM studies WHERE primary_completion_date < now() - INTERVAL '1 year'""",
    "latest record a sponsor": """
        SELECT DISTINCT ON (sp.name) sp.name, s.nct_id FROM studies s JOIN sponsors sp ON sp.nct_id = s.nct_id
        ORDER BY sp.name, s.last_update_posted_date DESC NULLS LAST""",
    "the first condition": """
        SELECT nct_id, downcase_name FROM (
            SELECT nct_id, downcase_name, ROW_NUMBER() OVER (PARTITION BY nct_id ORDER BY id) AS place FROM conditions
        ) ranked WHERE place = 1""",
    "names beside the study": """
        SELECT s.nct_id, drugs.names FROM ctgov.studies s
        LEFT JOIN LATERAL (
            SELECT string_agg(i.name, ', ' ORDER BY i.name) AS names FROM ctgov.interventions i
            WHERE i.nct_id = s.nct_id AND i.intervention_type IN ('DRUG', 'BIOLOGICAL')
        ) drugs ON TRUE ORDER BY s.nct_id""",
    "a study of each site": """
        SELECT DISTINCT ON (f.id) f.id AS facility_id, c.name, e.minimum_age, f.status, f.city, f.zip
        FROM conditions c LEFT JOIN eligibilities e ON c.nct_id = e.nct_id
        LEFT JOIN facilities f ON e.nct_id = f.nct_id WHERE c.name ILIKE '%liver%' ORDER BY f.id ASC""",
    "open at some time of a span": """
        WITH span (first, last) AS (VALUES ('2008-01-01'::DATE, '2030-01-01'::DATE))
        SELECT nct_id, overall_status FROM ctgov.studies, span
        WHERE overall_status != 'WITHDRAWN' AND (primary_completion_date >= span.first
            OR (primary_completion_date IS NULL AND (completion_date >= span.first OR completion_date IS NULL)))""",
    "cancer by words": """
        SELECT s.nct_id, CASE WHEN position('iver' in c.downcase_name) > 0 THEN 't' ELSE 'f' END AS hepatology
        FROM ctgov.studies AS s LEFT OUTER JOIN ctgov.conditions AS c ON s.nct_id = c.nct_id""",
    "typical duration": """
        SELECT s.phase, percentile_cont(0.5) WITHIN GROUP (ORDER BY cv.actual_duration) AS months
        FROM studies s JOIN calculated_values cv USING (nct_id)
        WHERE cv.actual_duration IS NOT NULL GROUP BY s.phase""",
    "quarters": """
        SELECT date_trunc('quarter', start_date)::date AS quarter, count(*) FROM studies
        WHERE start_date > CURRENT_DATE - INTERVAL '50 years' GROUP BY quarter ORDER BY quarter DESC""",
    "phases one by one": """
        SELECT step, count(*) FROM (SELECT unnest(string_to_array(phase, '/')) AS step FROM studies) steps
        GROUP BY step ORDER BY step""",
    "a list of studies": """
        SELECT nct_id, allocation, masking, subject_masked FROM designs
        WHERE nct_id = ANY(ARRAY['NCT00000001', 'NCT00000002'])""",
    "European numbers": """
        SELECT nct_id, id_value FROM id_information
        WHERE id_source = 'secondary_id' AND id_value ~ '^[0-9]{4}-[0-9]{6}-'""",
    "types of the server": """
        SELECT s.nct_id FROM ((ctgov.studies s FULL JOIN ctgov.sponsors sp ON (((s.nct_id)::text = (sp.nct_id)::text)))
        FULL JOIN ctgov.designs d ON (((s.nct_id)::text = (d.nct_id)::text)))
        WHERE (((sp.lead_or_collaborator)::text = 'lead'::text))""",
    "healthy volunteers": """
        SELECT count(*) FILTER (WHERE healthy_volunteers::boolean), count(*) FROM eligibilities
        WHERE healthy_volunteers IS NOT NULL""",
    "late results": """
        SELECT s.nct_id, s.results_first_submitted_date - s.primary_completion_date AS days FROM studies s
        WHERE s.is_fda_regulated_drug AND s.results_first_submitted_date > s.primary_completion_date""",
    "inclusion criteria": """
        SELECT nct_id, trim(split_part(criteria, 'Inclusion:', 2)) FROM eligibilities WHERE criteria ~* 'inclusion'""",
    "columns of the schema": """
        SELECT table_name, column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'ctgov' ORDER BY table_name, ordinal_position""",
    "wide join": """
        SELECT s.nct_id, MAX(s.brief_title), STRING_AGG(DISTINCT bs.description, ' '), MAX(e.gender), MAX(f.city)
        FROM ctgov.studies s INNER JOIN ctgov.brief_summaries bs ON bs.nct_id = s.nct_id
        INNER JOIN ctgov.eligibilities e ON e.nct_id = s.nct_id
        INNER JOIN ctgov.facilities f ON f.nct_id = s.nct_id GROUP BY s.nct_id""",
}
"""Queries of the kind that tutorials and notebooks on AACT show, in PostgreSQL's words."""


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_aact_queries_run_unchanged(query: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    """They are why the schema is there: each must run as written, and find the study."""
    warehouse.execute("USE ctgov")
    try:
        assert warehouse.execute(query).fetchall()
    finally:
        warehouse.execute("USE main")


def _page() -> str:
    return (ROOT / "docs/aact.md").read_text(encoding="utf-8")


@pytest.fixture
def as_postgres() -> Iterator[Any]:
    """Return the rows that answer a query in a session that began with what the page says to run."""
    (told,) = re.findall(r"^```sql\n(USE ctgov;\nSET .*?)^```", _page(), re.MULTILINE | re.DOTALL)
    with duckdb.connect() as connection:
        _fill_all(connection)
        views.create_views(connection)
        connection.execute(told)
        yield lambda query: connection.execute(query).fetchall()


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("SELECT to_char(start_date, 'YYYY-MM') FROM studies WHERE nct_id = 'NCT00000001'", [("2020-01",)]),
        ("SELECT to_char(start_date, 'DD Mon YYYY') FROM studies WHERE nct_id = 'NCT00000001'", [("15 Jan 2020",)]),
        ("SELECT initcap(downcase_name) FROM conditions ORDER BY id LIMIT 1", [("Liver Failure",)]),
        ("SELECT width_bucket(enrollment, 0, 100, 4) FROM studies ORDER BY nct_id", [(2,), (1,)]),
        ("SELECT json_agg(name) FROM keywords", [('["MSC"]',)]),
        ("SELECT jsonb_object_agg(title, group_type) FROM design_groups WHERE group_type LIKE 'E%'",
         [('{"Cells":"EXPERIMENTAL"}',)]),
        ("SELECT enrollment / 7 FROM studies ORDER BY nct_id", [(5,), (1,)]),
        ("SELECT nct_id FROM studies ORDER BY completion_date DESC LIMIT 1", [("NCT00000002",)]),
    ],
)  # fmt: skip
def test_a_session_answers_as_postgresql_does(query: str, answer: list[Any], as_postgres: Any) -> None:
    """A quotient with a fraction, or NULLs at the other end of an order, change an answer and tell nobody."""
    assert as_postgres(query) == answer


def test_what_the_page_says_of_duckdb_is_so(ask: Any) -> None:
    """Whoever rewrites a query follows the table: each of its replacements must run."""
    rows = _page().split("| PostgreSQL | DuckDB |")[1].split("\n\n")[0].splitlines()[2:]
    for row in rows:
        replacement = re.split(r"(?<!\\)\|", row)[2].strip(" `").replace("\\|", "|")
        ask(f"SELECT {replacement} FROM (SELECT DATE '2020-01-02' AS start_date, '2020-01-02' AS text, 'ab' AS name)")
