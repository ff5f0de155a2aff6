"""The report's charts: a few kinds of them, drawn by Altair and handed out as SVG that follows the page's colours.

Here belongs how numbers are drawn. Which numbers, and what is said beside them, is `report`'s.

A chart is drawn in stand-in colours, each of which becomes a CSS variable of the page, so that one picture serves
light, dark and print. Nothing in it runs or loads: no script, no style sheet, no font, no picture.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import altair as alt
import polars as pl
import vl_convert
from lxml import etree
from markupsafe import Markup

from pipeline.showing.schedule import Schedule
from pipeline.showing.wording import plain, short

WIDTH: Final = 480
_FONT: Final = "sans-serif"
_BAR: Final = 19
_LETTER: Final = 7.2
"""How wide a letter of a label may be, in pixels."""
_LIMIT: Final = 190
"""How wide a name beside a bar may be."""
_SVG: Final = "{http://www.w3.org/2000/svg}"

# Stand-in colours and the CSS variable that each becomes. Their values matter to nobody but this module.
_INK, _DIM, _LINE, _MAIN, _SOFT = "#010203", "#010204", "#010205", "#010206", "#010207"
_STEPS: Final = tuple(f"#01030{step}" for step in range(8))
_VARIABLES: Final = {
    _INK: "--ink",
    _DIM: "--dim",
    _LINE: "--line",
    _MAIN: "--main",
    _SOFT: "--soft",
    **{colour: f"--step-{step}" for step, colour in enumerate(_STEPS)},
}

_DROPPED: Final = frozenset({"role", "class", "pointer-events", "clip-path", "font-family"})
_MEASURES: Final = frozenset({"transform", "d", "x", "y", "x2", "y2", "width", "height"})
_LONG: Final = re.compile(r"\d+\.\d{3,}")

_CONFIG: Final[dict[str, Any]] = {
    "background": "transparent",
    "font": _FONT,
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _DIM,
        "titleColor": _DIM,
        "labelFontSize": 11.5,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "gridColor": _LINE,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "labelLimit": _LIMIT,
    },
    "legend": {
        "labelColor": _INK,
        "titleColor": _DIM,
        "labelFontSize": 11.5,
        "symbolType": "square",
        "symbolSize": 110,
    },
    "text": {"color": _INK, "fontSize": 11.5},
}


def stacked_columns(frame: pl.DataFrame, *, x: str, part: str, parts: Sequence[str], y_title: str) -> Markup:
    """Draw columns (`x`, in the frame's order) of `number`, stacked by `part` in the order of `parts`."""
    return _drawn(
        alt.Chart(_worded(frame, x, part))
        .mark_bar()
        .encode(
            x=alt.X(f"{x}:O", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False)),
            y=_up(frame.group_by(x).agg(pl.col("number").sum()), y_title),
            color=_steps(part, parts),
            order=alt.Order("place:Q"),
            description="words:N",
        )
        .properties(width=WIDTH, height=270)
    )


def stacked_bars(frame: pl.DataFrame, *, y: str, part: str, parts: Sequence[str]) -> Markup:
    """Draw horizontal bars (`y`, in the frame's order) of `number`, stacked by `part` in the order of `parts`."""
    whole = frame.group_by(y).agg(pl.col("number").sum())
    kinds, most = whole.height, _most(whole)
    return _drawn(
        alt.Chart(_worded(frame, y, part))
        .mark_bar()
        .encode(
            y=alt.Y(f"{y}:N", sort=None, title=None, axis=_names(frame[y], limit=_LIMIT)),
            x=alt.X("number:Q", title=None, axis=_numbers(most), scale=_scale(most)),
            color=_steps(part, parts, legend=False),
            order=alt.Order("place:Q"),
            description="words:N",
        )
        .properties(width=WIDTH, height=max(3, kinds) * _BAR * 1.3 + 30)
    )


def bars(frame: pl.DataFrame, *, y: str) -> Markup:
    """Draw horizontal bars (`y`, in the frame's order) of `number`, each with its number at its end."""
    most = _most(frame)
    base = alt.Chart(_worded(frame, y)).encode(
        y=alt.Y(f"{y}:N", sort=None, title=None, axis=_names(frame[y], limit=_LIMIT)),
        x=alt.X("number:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1.18 * most], nice=False)),
    )
    ends = base.mark_text(align="left", dx=4, color=_DIM).encode(text=alt.Text("number:Q", format=","))
    height = max(3, frame.height) * _BAR * 1.15 + 8
    return _drawn(
        (base.mark_bar(color=_MAIN, cornerRadiusEnd=2).encode(description="words:N") + ends).properties(
            width=WIDTH, height=height
        )
    )


def histogram(frame: pl.DataFrame, *, x: str, step: int, x_title: str, y_title: str) -> Markup:
    """Draw how `number` spreads over the whole numbers `x`, which are named every `step`."""
    last = int(frame[x].max() or 0)  # type: ignore[arg-type] # a column of whole numbers
    return _drawn(
        alt.Chart(_worded(frame, x))
        .mark_bar(color=_MAIN, size=max(2, 380 // (last + 2) - 1))
        .encode(
            x=alt.X(
                f"{x}:Q",
                title=x_title,
                scale=alt.Scale(domain=[-1, last + 1], nice=False),
                axis=alt.Axis(values=list(range(0, last + 1, step)), grid=False, format="d"),
            ),
            y=_up(frame, y_title),
            description="words:N",
        )
        .properties(width=WIDTH, height=240)
    )


def assessments(plan: Schedule, *, limit: int) -> Markup:
    """Draw a trial's schedule: a row an outcome, a column a time, a dot where it is assessed, a bar where it lasts."""
    names = [f"{index:03}" for index in range(len(plan.columns))]
    rows = [f"{row.ordinal} {short(plain(row.measure or '(no measure)'), limit)}" for row in plan.rows]
    points = [
        {"row": name, "column": names[column], "main": row.type == "PRIMARY"}
        for name, row in zip(rows, plan.rows, strict=True)
        for column in row.points
    ]
    spans = [
        {"row": name, "first": names[span.first], "last": names[span.last], "repeats": span.recurring}
        for name, row in zip(rows, plan.rows, strict=True)
        for span in row.spans
    ]
    grid = [{"row": name, "column": column} for name in rows for column in names]
    labels = {name: plain(column.label) for name, column in zip(names, plan.columns, strict=True)}
    x = alt.X(
        "column:O",
        title=None,
        scale=alt.Scale(domain=names),
        axis=alt.Axis(
            orient="top", labelAngle=-40, labelExpr=f"({json.dumps(labels)})[datum.value]", ticks=False, domain=False
        ),
    )
    y = alt.Y("row:N", sort=rows, title=None, axis=_names(rows, limit=440))
    layers: list[alt.Chart] = [
        alt.Chart(pl.DataFrame(grid, schema={"row": pl.String, "column": pl.String}))
        .mark_point(shape="circle", size=8, filled=True, color=_LINE)
        .encode(x=x, y=y)
    ]
    if spans:
        frame = pl.DataFrame(spans)
        for repeats, dash in ((False, [1, 0]), (True, [3, 3])):
            layers.append(
                alt.Chart(frame.filter(pl.col("repeats") == repeats))
                .mark_rule(strokeWidth=5, color=_SOFT, strokeDash=dash, strokeCap="round" if not repeats else "butt")
                .encode(x=alt.X("first:O", scale=alt.Scale(domain=names)), x2="last:O", y=y)
            )
    if points:
        layers.append(
            alt.Chart(pl.DataFrame(points))
            .mark_point(shape="circle", size=95, filled=True, opacity=1)
            .encode(x=x, y=y, color=alt.condition(alt.datum.main, alt.value(_STEPS[5]), alt.value(_MAIN)))
        )
    chart = alt.layer(*layers).properties(width=max(120, 42 * len(names)), height=max(2, len(rows)) * 24)
    aslant = round(_width(labels.values()) * 0.75)
    return _drawn(chart, padding={"left": 2, "right": max(4, aslant - 20), "top": 2, "bottom": 2})


def _worded(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Add what each mark says where a pointer rests on it."""
    return frame.with_columns(words=pl.format("{}: {}", pl.concat_str(names, separator=", "), "number"))


def _most(frame: pl.DataFrame) -> int:
    return int(frame["number"].max() or 1)  # type: ignore[arg-type] # a column of whole numbers


def _scale(most: int) -> alt.Scale:
    return alt.Scale(domain=[0, ticks(most)[-1]], nice=False)


def _up(frame: pl.DataFrame, title: str) -> alt.Y:
    """Return the numbers' axis of columns."""
    most = _most(frame)
    return alt.Y("number:Q", title=title, axis=_numbers(most), scale=_scale(most))


def _numbers(most: int) -> alt.Axis:
    """Return an axis of whole numbers up to `most`, or a little more."""
    return alt.Axis(values=ticks(most), format=",d", domain=False, ticks=False, labelPadding=6, minExtent=34)


def ticks(most: int) -> list[int]:
    """Return some round whole numbers from 0 to `most` or beyond.

    >>> ticks(2), ticks(700), ticks(33)
    ([0, 1, 2], [0, 200, 400, 600, 800], [0, 10, 20, 30, 40])
    """
    size = 10 ** max(0, len(str(max(1, most) // 4)) - 1)
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor * 4 >= most)
    return list(range(0, most + step, step))


def _names(names: Iterable[str], *, limit: int) -> alt.Axis:
    """Return an axis of names with room for them in whatever font the reader has."""
    room = min(limit, _width(names))
    return alt.Axis(
        domain=False, ticks=False, labelPadding=8, labelColor=_INK, labelLimit=limit, minExtent=room, maxExtent=room
    )


def _width(texts: Iterable[str]) -> int:
    """Return how wide the longest text may get; the widest common system font decides."""
    return round(max(map(len, texts), default=0) * _LETTER)


def _steps(part: str, parts: Sequence[str], *, legend: bool = True) -> alt.Color:
    shown = alt.Legend(title=None, orient="top", columns=4, columnPadding=26, rowPadding=4) if legend else None
    return alt.Color(f"{part}:N", scale=alt.Scale(domain=list(parts), range=list(_STEPS[: len(parts)])), legend=shown)


# --- from a chart to the page -----------------------------------------------------------------------------------------


def start() -> None:
    """Start the engine that draws, which takes half a second: the first chart would wait for it."""
    _drawn(alt.Chart(pl.DataFrame({"x": [0]})).mark_point())


def _drawn(chart: alt.Chart | alt.LayerChart | alt.FacetChart, *, padding: dict[str, int] | None = None) -> Markup:
    """Return a chart as it stands in the page: as large as it says altogether, or with its own padding around it."""
    spec = chart.configure(**_CONFIG).to_dict()
    if padding:
        spec["padding"] = padding
    else:
        spec["autosize"] = {"type": "fit", "contains": "padding"}
    return Markup(themed(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])))  # noqa: S704 - parsed and written anew below


def themed(svg: str) -> str:
    """Return the SVG with the page's colours, as wide as its place, and the words of each mark where a pointer rests.

    The figure around it carries what a screen reader tells, so that the picture itself is hidden from it.
    """
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    for node in list(root.iter(etree.Element)):
        attributes = {str(name): str(value) for name, value in node.attrib.items()}
        if attributes.get("role") == "graphics-symbol" and not attributes.get("class", "").startswith("mark-"):
            etree.SubElement(node, f"{_SVG}title").text = attributes["aria-label"]
        node.attrib.clear()
        node.attrib.update(_kept(attributes))
    for clip in list(root.iter(f"{_SVG}clipPath")):
        clip.getparent().remove(clip)
    width = float(root.attrib["width"])
    for name in ("width", "height"):
        del root.attrib[name]
    root.attrib.update({"style": f"max-width:{width:.0f}px", "aria-hidden": "true", "focusable": "false"})
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _kept(attributes: dict[str, str]) -> dict[str, str]:
    """Return the attributes of an SVG's element that the page needs: no names that meet those of other charts."""
    kept = {}
    style = []
    for name, value in attributes.items():
        if name in _DROPPED or name.startswith("aria-") or (name, value) == ("opacity", "1"):
            continue
        if value in _VARIABLES:
            style.append(f"{name}:var({_VARIABLES[value]})")
        elif name in _MEASURES:
            kept[name] = _LONG.sub(lambda number: f"{float(number[0]):.2f}", value)
        else:
            kept[name] = value
    return kept | ({"style": ";".join(style)} if style else {})
