"""A trial on one screen: everything that a person asks of one trial, read from the published file and drawn with rich.

Here belongs what is shown of a trial and how a terminal shows it, 80 columns wide or more. How times share columns is
`schedule`'s, how values are spelled is `wording`'s. Personal columns are not shown.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from functools import partial
from typing import Any, Final, NamedTuple

import duckdb
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from pipeline.showing.schedule import Row, Schedule, schedule
from pipeline.showing.wording import code, day, phases, plain
from schemas import TABLES

_DESIGN: Final = {
    "allocation": "allocation",
    "intervention_model": "model",
    "observational_model": "model",
    "masking": "masking",
    "primary_purpose": "purpose",
}
_CITIES: Final = 6
_NEAR: Final = 5
_MEASURE_WIDTH: Final = 34
_SHORT: Final = 7
"""The longest label of a time that stands on one line."""


class UnknownTrialError(LookupError):
    """A trial that the warehouse does not hold; the message names those that are spelled nearly so."""


class Shown(NamedTuple):
    """A trial as it is shown: rows of the warehouse, without personal data."""

    trial: dict[str, Any]
    lists: dict[str, list[dict[str, Any]]]
    """Rows of the tables that belong to the trial, by table, in the source's order."""
    schedule: Schedule
    sources: list[dict[str, Any]]
    """Each document that the trial came from, with the groups of columns that it speaks for."""

    def as_json(self) -> dict[str, Any]:
        """Return everything for machines."""
        return {"trial": self.trial, **self.lists, "sources": self.sources}


_LISTS: Final = (
    "trial_identifiers",
    "sponsors",
    "conditions",
    "keywords",
    "arms",
    "interventions",
    "arm_interventions",
    "regimens",
    "outcomes",
    "timepoints",
    "sites",
    "eligibility_criteria",
    "conflicts",
)

_SOURCES: Final = """
SELECT d.document_id, d.uri, d.source, d.layout, d.dialect, d.version_date, d.source_url,
    d.document_id = t.document_id AS is_best,
    (SELECT list(column_group ORDER BY column_group) FROM trial_sources s
     WHERE s.trial_id = t.trial_id AND s.document_id = d.document_id) AS speaks_for
FROM trials t JOIN documents d USING (trial_id)
WHERE t.trial_id = ? AND d.status = 'LOADED'
ORDER BY is_best DESC, d.version_date DESC NULLS LAST, d.uri
"""


def read(connection: duckdb.DuckDBPyConnection, trial_id: str) -> Shown:
    """Read one trial, by its number or by another number that it has; capitals and outer blanks do not matter.

    Raises:
        UnknownTrialError: where the warehouse does not hold it.
    """
    found = connection.execute(
        "SELECT trial_id FROM trials WHERE upper(trial_id) = upper($1) UNION "
        "SELECT trial_id FROM trial_identifiers WHERE upper(identifier) = upper($1) ORDER BY trial_id",
        [trial_id.strip()],
    ).fetchall()
    if not found:
        raise UnknownTrialError(_unknown(connection, trial_id.strip()))
    if len(found) > 1 and (trial_id.strip().upper(),) not in [(one.upper(),) for (one,) in found]:
        raise UnknownTrialError(f"several trials have the number {trial_id}: {', '.join(one for (one,) in found)}")
    exact = [one for (one,) in found if one.upper() == trial_id.strip().upper()]
    key = exact[0] if exact else found[0][0]
    (trial,) = _rows(connection, "SELECT * FROM trials WHERE trial_id = ?", key)
    lists = {name: _rows(connection, _query(name), key) for name in _LISTS}
    return Shown(trial, lists, schedule(connection, key), _rows(connection, _SOURCES, key))


def _query(name: str) -> str:
    table = TABLES[name]
    columns = ", ".join(column.name for column in table.columns() if not column.pii)
    order = {"conflicts": "field, kind, chosen DESC, document_id, value", "timepoints": "outcome_id, ordinal"}
    return f"SELECT {columns} FROM {name} WHERE trial_id = ? ORDER BY {order.get(name, 'ordinal')}"


def _rows(connection: duckdb.DuckDBPyConnection, query: str, key: str) -> list[dict[str, Any]]:
    found = connection.execute(query, [key])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _unknown(connection: duckdb.DuckDBPyConnection, trial_id: str) -> str:
    known = [
        row[0]
        for row in connection.execute(
            "SELECT trial_id FROM trials ORDER BY damerau_levenshtein(upper(trial_id), upper(?)), trial_id LIMIT 50",
            [trial_id],
        ).fetchall()
    ]
    near = get_close_matches(trial_id.upper(), [one.upper() for one in known], n=_NEAR, cutoff=0.7)
    named = [one for one in known if one.upper() in near]
    hint = f"near it: {', '.join(named)}" if named else f"it holds, for one, {known[0]}" if known else "it holds none"
    return f"the warehouse holds no trial {trial_id}; {hint}" if trial_id else f"which trial? {hint}"


# --- the screen -------------------------------------------------------------------------------------------------------


def screen(shown: Shown, console: Console) -> None:
    """Draw a trial on a console; plain text where that has no colours."""
    parts = (
        ("", _header(shown)),
        ("Arms", _arms(shown)),
        ("Schedule of assessments", _schedule(shown.schedule, console.width)),
        ("Sites", _sites(shown)),
        ("Disagreements", _conflicts(shown)),
        ("Where it comes from", _origins(shown)),
    )
    for title, part in parts:
        if title:
            console.print(Text(title, style="bold cyan"))
        console.print(Padding(part, (0, 0, 1, 2 if title else 0), expand=False))


def _say(value: object, style: str = "", justify: JustifyMethod | None = None) -> Text:
    """Return a value as text that rich takes for nothing but text."""
    return Text(plain(value), style=style, justify=justify)


def _header(shown: Shown) -> RenderableType:
    trial = shown.trial
    title = trial["brief_title"] or trial["official_title"] or "(no title)"
    kind = " · ".join(
        told
        for told in (
            code(trial["overall_status"]),
            code(trial["study_type"]),
            phases(trial["phases"]),
            _enrollment(trial),
        )
        if told
    )
    facts = Grid.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    others = [one["identifier"] for one in shown.lists["trial_identifiers"] if one["identifier"] != trial["trial_id"]]
    partners = [one["name"] for one in shown.lists["sponsors"] if one["role"] == "COLLABORATOR"]
    sponsor = _with(trial["lead_sponsor"], code(trial["lead_sponsor_class"]))
    told = {
        "dates": ", ".join(
            _date(trial, name) for name in ("start", "primary_completion", "completion") if trial[f"{name}_date"]
        ),
        "sponsor": f"{sponsor}; with {', '.join(partners)}" if sponsor and partners else sponsor,
        "conditions": ", ".join(one["name"] for one in shown.lists["conditions"] if one["name"]),
        "design": ", ".join(told for told in map(partial(_design, trial), _DESIGN) if told),
        "who": _who(trial),
        "also known as": ", ".join(others),
        "why stopped": trial["why_stopped"],
    }
    for name, value in told.items():
        if value:
            facts.add_row(name, _say(value))
    return Group(Text.assemble(_say(trial["trial_id"], "bold green"), "  ", _say(title, "bold")), Text(kind), facts)


def _design(trial: dict[str, Any], name: str) -> str:
    """Return one choice of the design; with its name where the code alone would not tell what it is about."""
    value = code(trial[name])
    return (
        f"{_DESIGN[name]}: {value}"
        if value and (trial[name] in ("NA", "NONE", "OTHER") or name == "masking")
        else value
    )


def _enrollment(trial: dict[str, Any]) -> str:
    if trial["enrollment"] is None:
        return ""
    return _with(f"{trial['enrollment']:,} participants", code(trial["enrollment_type"]))


def _date(trial: dict[str, Any], name: str) -> str:
    told = f"{name.replace('_', ' ')} {day(trial[f'{name}_date'], trial[f'{name}_date_precision'])}"
    return _with(told, code(trial[f"{name}_date_type"]))


def _who(trial: dict[str, Any]) -> str:
    ages = " to ".join(told for told in (trial["minimum_age"], trial["maximum_age"]) if told and told != "N/A")
    healthy = {True: "healthy volunteers too", False: "no healthy volunteers"}.get(trial["healthy_volunteers"], "")
    sex = f"sex: {code(trial['sex'])}" if trial["sex"] else ""
    return ", ".join(told for told in (ages, sex, healthy) if told)


def _with(told: str | None, more: str) -> str:
    return f"{told} ({more})" if told and more else told or ""


def _arms(shown: Shown) -> RenderableType:
    lists = shown.lists
    names = {
        one["intervention_id"]: _with(one["name"] or "(no name)", code(one["type"])) for one in lists["interventions"]
    }
    given: dict[str | None, list[str]] = {}
    for link in lists["arm_interventions"]:
        given.setdefault(link["arm_id"], []).append(names.get(link["intervention_id"], ""))
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(ratio=2, overflow="fold")
    grid.add_column(ratio=3, overflow="fold")
    for arm in lists["arms"]:
        label = _say(arm["label"] or "(no label)")
        if arm["type"]:
            label.append(f" ({code(arm['type'])})", style="dim")
        grid.add_row(label, _say(", ".join(given.get(arm["arm_id"], ()))))
    linked = {link["intervention_id"] for link in lists["arm_interventions"]}
    loose = [name for key, name in names.items() if key not in linked]
    if loose:
        grid.add_row(_say("not tied to an arm" if lists["arms"] else "given", "dim"), _say(", ".join(loose)))
    return grid if grid.row_count else Text("the source lists none", style="dim")


_POINT, _FIRST, _LAST = "●", "├", "┤"
_LEGEND: Final = f"{_POINT} at   {_FIRST}──{_LAST} over   {_FIRST}┄┄{_LAST} repeatedly over"


def _schedule(plan: Schedule, width: int) -> RenderableType:
    """Return the grid, folded into as many as it takes to fit the width."""
    if not plan.rows:
        return Text("the source lists no outcomes", style="dim")
    measure = min(_MEASURE_WIDTH, width // 2)
    widths = [_width(column.label) for column in plan.columns]
    grids: list[RenderableType] = []
    for place, fold in enumerate(_folds(widths, width - measure - 3)):
        grid = Grid(box=None, padding=0, pad_edge=False, header_style="bold")
        grid.add_column("", width=measure, overflow="ellipsis" if place else "fold", no_wrap=bool(place))
        for index in fold:
            grid.add_column(_say(plan.columns[index].label, justify="center"), width=widths[index])
        for row in plan.rows:
            marks = [_mark(row, index, widths[index]) for index in fold]
            if place == 0 or any(mark.strip() for mark in marks):
                grid.add_row(_measure(row, notes=place == 0), *map(Text, marks))
        grids += [grid, Text("")]
    return Group(*grids, Text(_LEGEND, style="dim")) if plan.columns else Group(*grids)


def _width(label: str) -> int:
    """Return how wide a column is: odd, so that it has a middle; its label may fold at blanks."""
    words = [len(word) for word in label.split()]
    wide = len(label) if len(label) <= _SHORT else max(_SHORT, *words)
    return wide + 1 + wide % 2


def _folds(widths: list[int], room: int) -> list[list[int]]:
    """Return the columns of each grid, so that none is wider than the room."""
    folds: list[list[int]] = [[]]
    for index, width in enumerate(widths):
        if folds[-1] and sum(widths[one] for one in folds[-1]) + width > room:
            folds.append([])
        folds[-1].append(index)
    return folds


def _measure(row: Row, *, notes: bool) -> Text:
    told = Text(f"{row.ordinal} ", style="dim")
    told.append(plain(row.measure or "(no measure)"), style="bold not dim" if row.type == "PRIMARY" else "not dim")
    if notes:
        for note in row.notes:
            told.append("\n  ").append(plain(note), style="dim italic")
    return told


def _mark(row: Row, column: int, width: int) -> str:
    """Return a cell of the grid, as wide as its column, so that spans run on from cell to cell."""
    spans = [span for span in row.spans if span.first <= column <= span.last]
    line = "─" if any(not span.recurring for span in spans) else "┄"
    if column in row.points or any(span.first == span.last for span in spans):
        middle = _POINT
    elif not spans:
        middle = " "
    else:
        middle = _FIRST if all(one.first == column for one in spans) else line
        middle = _LAST if all(one.last == column for one in spans) else middle
    before = line if any(span.first < column for span in spans) else " "
    after = line if any(span.last > column for span in spans) else " "
    return before * (width // 2) + middle + after * (width // 2)


def _sites(shown: Shown) -> RenderableType:
    sites = shown.lists["sites"]
    if not sites:
        return Text("the source lists none", style="dim")
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right")
    grid.add_column(overflow="fold")
    for country, number in Counter(one["country"] for one in sites).most_common():
        cities = Counter(one["city"] for one in sites if one["country"] == country and one["city"])
        told = ", ".join(city if count == 1 else f"{city} ({count})" for city, count in cities.most_common(_CITIES))
        more = f" and {len(cities) - _CITIES} more cities" if len(cities) > _CITIES else ""
        grid.add_row(_say(country or "(country unknown)"), f"{number:,}", _say(told + more))
    return grid


def _conflicts(shown: Shown) -> RenderableType:
    conflicts = shown.lists["conflicts"]
    if not conflicts:
        return Text("none", style="dim")
    number = {one["document_id"]: place for place, one in enumerate(shown.sources, start=1)}
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for share in (2, 3, 1):
        grid.add_column(overflow="fold", ratio=share)
    before = None
    for one in conflicts:
        told = f"{one['field']} ({code(one['kind'])})"
        field = "" if told == before else told
        before = told
        value = one["normalised"] if one["normalised"] is not None else one["value"]
        grid.add_row(
            _say(field),
            _say(value, "bold" if one["chosen"] else ""),
            Text(f"[{number.get(one['document_id'], '?')}]{' taken' if one['chosen'] else ''}", style="dim"),
        )
    return grid


def _origins(shown: Shown) -> RenderableType:
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold", ratio=1)
    grid.add_column(overflow="fold", ratio=1)
    most = max((len(one["speaks_for"] or ()) for one in shown.sources), default=0)
    others = sum(bool(one["speaks_for"]) for one in shown.sources) > 1
    for number, one in enumerate(shown.sources, start=1):
        layout = " ".join(told for told in (one["layout"], one["dialect"]) if told)
        version = f", of {day(one['version_date'])}" if one["version_date"] else ""
        place = _say(one["uri"])
        place.append("\n").append(plain(f"{one['source']} ({layout}{version})"), style="dim")
        groups = one["speaks_for"] or ()
        if len(groups) == most:
            told = _say("everything else" if others else "everything")
        else:
            told = _say(", ".join(groups) or "nothing: others speak for each group of values")
        grid.add_row(Text(f"[{number}]"), place, told)
    return grid
