"""The report's figures: which numbers each chart shows, what is said beside it, and the same as a table.

Here belong the queries and the words. How a chart is drawn is `charts`'; where it stands in the page is `report`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import duckdb
import polars as pl
from markupsafe import Markup

from pipeline.showing import charts
from pipeline.showing.schedule import Schedule, schedule
from pipeline.showing.wording import code, plain

_MONTH: Final = 30.4375
_MONTHS: Final = 60
_YEARS: Final = 25
_COUNTRIES: Final = 15
_OUTCOMES: Final = 25
_MEASURE: Final = 60

_PHASES: Final = (
    "phase 1",
    "phase 1/2",
    "phase 2",
    "phase 2/3",
    "phase 3",
    "phase 4",
    "no phase applies",
    "not said",
)


class Chart(NamedTuple):
    """A chart with everything that is said beside it."""

    title: str
    alt: str
    """What the picture shows, for those who do not see it."""
    picture: Markup | None
    """The SVG; None where there is nothing to draw."""
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    """The numbers of the picture, as a table."""
    note: str = ""


_PHASE: Final = """
CASE WHEN phases IS NULL OR len(phases) = 0 THEN 'not said'
     WHEN phases = ['NA'] THEN 'no phase applies'
     WHEN list_contains(phases, 'PHASE1') AND list_contains(phases, 'PHASE2') THEN 'phase 1/2'
     WHEN list_contains(phases, 'PHASE2') AND list_contains(phases, 'PHASE3') THEN 'phase 2/3'
     WHEN list_contains(phases, 'PHASE4') THEN 'phase 4' WHEN list_contains(phases, 'PHASE3') THEN 'phase 3'
     WHEN list_contains(phases, 'PHASE2') THEN 'phase 2' ELSE 'phase 1' END
"""


def _frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    found: pl.DataFrame = connection.sql(query).pl()
    return found


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((number,),) = connection.execute(query).fetchall()
    return int(number)


def _staged(frame: pl.DataFrame) -> pl.DataFrame:
    """Add each phase's place in its order."""
    return frame.with_columns(place=pl.col("phase").replace_strict({name: at for at, name in enumerate(_PHASES)}))


def _years(connection: duckdb.DuckDBPyConnection) -> Chart:
    found = _staged(
        _frame(
            connection,
            f"SELECT year(start_date) AS year, {_PHASE} AS phase, count(*) AS number FROM trials "
            "WHERE start_date IS NOT NULL GROUP BY ALL ORDER BY ALL",
        )
    )
    title = "Trials by the year they began, and phase"
    missing = _count(connection, "SELECT count(*) FROM trials WHERE start_date IS NULL")
    notes = [f"{missing:,} trials say no start date."] if missing else []
    if found.is_empty():
        return Chart(title, "", None, (), (), " ".join(notes))
    last = int(found["year"].max())  # type: ignore[arg-type] # a column of whole numbers
    shown = found.filter(pl.col("year") > last - _YEARS)
    earlier = found.filter(pl.col("year") <= last - _YEARS)["number"].sum()
    if earlier:
        notes.append(f"{earlier:,} began before {last - _YEARS + 1}.")
    first = int(shown["year"].min())  # type: ignore[arg-type] # the same
    total = shown.group_by("year").agg(pl.col("number").sum()).sort("year")
    # A year without trials is a gap that must be seen.
    gaps = [
        {"year": year, "phase": _PHASES[0], "number": 0, "place": 0}
        for year in range(first, last + 1)
        if year not in set(total["year"])
    ]
    drawn = pl.concat([shown, pl.DataFrame(gaps, schema=shown.schema)]).sort("year", "place")
    most = total.sort("number", "year", descending=True).row(0, named=True)
    alt = (
        f"Columns: how many trials began in each year from {first} to {last}, stacked by phase. "
        f"Most began in {most['year']}: {most['number']:,}."
    )
    picture = charts.stacked_columns(drawn, x="year", part="phase", parts=_PHASES, y_title="trials")
    return Chart(title, alt, picture, ("year", "trials"), total.rows(), " ".join(notes))


def _statuses(connection: duckdb.DuckDBPyConnection) -> Chart:
    found = _staged(
        _frame(
            connection,
            "SELECT *, sum(number) OVER (PARTITION BY status) AS whole FROM ("
            f"SELECT coalesce(overall_status, '') AS status, {_PHASE} AS phase, count(*) AS number FROM trials "
            "GROUP BY ALL) ORDER BY whole DESC, status, phase",
        )
    ).with_columns(pl.col("status").map_elements(lambda one: code(one) or "not said", return_dtype=pl.String))
    title = "Where trials stand, and phase"
    if found.is_empty():
        return Chart(title, "", None, (), ())
    total = found.group_by("status", maintain_order=True).agg(pl.col("number").sum())
    most = total.row(0, named=True)
    alt = f"Bars: how many trials have each status, stacked by phase. Most are {most['status']}: {most['number']:,}."
    picture = charts.stacked_bars(found.drop("whole"), y="status", part="phase", parts=_PHASES)
    return Chart(title, alt, picture, ("status", "trials"), total.rows(), "The colours are those of the years.")


def _countries(connection: duckdb.DuckDBPyConnection) -> Chart:
    found = _frame(
        connection,
        "SELECT coalesce(min(country), 'not said') AS country, count(*) AS number, count(DISTINCT trial_id) AS trials "
        "FROM sites GROUP BY country_code, CASE WHEN country_code IS NULL THEN country END "
        "ORDER BY number DESC, country",
    ).with_columns(pl.col("country").map_elements(plain, return_dtype=pl.String))
    title = "Sites by country"
    if found.is_empty():
        return Chart(title, "", None, (), (), "No document lists a site.")
    rest = found.slice(_COUNTRIES)["number"].sum()
    note = f"{found.height - _COUNTRIES} more countries have {rest:,} sites." if found.height > _COUNTRIES else ""
    shown = found.head(_COUNTRIES)
    most = shown.row(0, named=True)
    alt = f"Bars: how many sites each country has. Most are in {most['country']}: {most['number']:,}."
    return Chart(title, alt, charts.bars(shown, y="country"), ("country", "sites", "trials"), found.rows(), note)


def _days(connection: duckdb.DuckDBPyConnection) -> Chart:
    found = _frame(
        connection,
        f"SELECT round(study_day_low / {_MONTH})::INTEGER AS month, count(*) AS number, "
        "count(DISTINCT trial_id) AS trials FROM timepoints "
        "WHERE kind = 'POINT' AND study_day_low IS NOT NULL GROUP BY month ORDER BY month",
    )
    title = "When outcomes are assessed"
    elsewhere = _count(connection, "SELECT count(*) FROM timepoints WHERE kind = 'POINT' AND study_day_low IS NULL")
    inside = found.filter(pl.col("month").is_between(0, _MONTHS))
    outside = int(found["number"].sum()) - int(inside["number"].sum())
    notes = ["Single points in time, to the nearest month; 0 is the beginning of the study."]
    if outside:
        notes.append(f"{outside:,} lie before it or after month {_MONTHS}.")
    if elsewhere:
        notes.append(f"{elsewhere:,} are counted from an event of its own, such as surgery, and have no study day.")
    if inside.is_empty():
        return Chart(title, "", None, (), (), " ".join(notes))
    most = inside.filter(pl.col("month") > 0).sort("number", "month", descending=[True, False])
    peaks = ", ".join(str(month) for month in most["month"].head(4))
    alt = (
        f"Columns: how many assessments fall in each month of study. After the beginning, most fall in months {peaks}."
    )
    picture = charts.histogram(
        inside, x="month", step=6 if inside.height > 13 else 3, x_title="month of study", y_title="assessments"
    )
    return Chart(title, alt, picture, ("month", "assessments", "trials"), inside.rows(), " ".join(notes))


AT_A_GLANCE: Final[tuple[Callable[[duckdb.DuckDBPyConnection], Chart], ...]] = (_years, _statuses, _countries, _days)
"""What draws the charts that every report opens with."""


_SHOWS_MOST: Final = f"""
SELECT trial_id FROM (SELECT trial_id, count(*) AS outcomes FROM outcomes GROUP BY trial_id)
LEFT JOIN (SELECT trial_id, count(DISTINCT study_day_low) AS days FROM timepoints GROUP BY trial_id) USING (trial_id)
ORDER BY outcomes <= {_OUTCOMES} DESC, least(coalesce(days, 0), 10) DESC, outcomes DESC, trial_id LIMIT 1
"""


def shows_most(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the trial whose schedule shows most; None where no trial has outcomes."""
    found = connection.execute(_SHOWS_MOST).fetchall()
    return found[0][0] if found else None


def assessments(connection: duckdb.DuckDBPyConnection, trial_id: str) -> Chart:
    """Return the schedule of assessments of one trial."""
    whole = schedule(connection, trial_id)
    outcomes = len(whole.rows)
    plan = Schedule(whole.columns, whole.rows[:_OUTCOMES])
    labels = [column.label for column in plan.columns]
    rows = [
        (
            row.ordinal,
            code(row.type),
            row.measure,
            ", ".join(
                [labels[point] for point in row.points]
                + [f"{labels[one.first]} … {labels[one.last]}" for one in row.spans if not one.recurring]
                + list(row.notes)
            ),
            row.time_frame,
        )
        for row in plan.rows
    ]
    first = f"Its first {len(plan.rows)} of {outcomes} outcomes." if outcomes > len(plan.rows) else ""
    alt = f"A grid: the outcomes of {trial_id} by {len(labels)} times, with a dot where one is assessed."
    picture = charts.assessments(plan, limit=_MEASURE) if labels else None
    return Chart(
        f"Schedule of assessments of {trial_id}",
        alt,
        picture,
        ("", "type", "outcome", "read as", "the source's words"),
        rows,
        first,
    )
