r"""What a cell must satisfy, each rule with a stable id and a sentence for people.

Belongs here: rules that polars can decide row by row. Does not belong here: aggregates (pandera would blame row 0 for
them) and keys and references, which SQL checks inside the build.

A null never breaks a rule: whether it may be null is the column's own property.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas import codes


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a cell must satisfy.

    Attributes:
        id: the stable name that stands in `quarantine.rule`.
        holds: from the cell's column to a boolean expression, true where the rule holds; it may look at the row's other
            columns.
        says: what a cell must be, ending the sentence "The value …".
        remedy: what a person can do about a cell that is not.
    """

    id: str
    holds: Callable[[pl.Expr], pl.Expr]
    says: str
    remedy: str


NOT_NULL = Rule(
    "not_null",
    lambda cell: cell.is_not_null(),
    "must be there",
    "See whether the source really lacks it; if it does not, its reader misses it.",
)
"""What pandera itself checks for columns that may not be null."""

NOT_EMPTY = Rule(
    "not_empty",
    lambda cell: cell.str.contains(r"\S"),
    "must have words; an empty text is NULL",
    "Let the reader of this layout hand on nothing where the source prints nothing.",
)
LIST_NOT_EMPTY = Rule(
    "list_not_empty",
    lambda cell: (cell.list.len() > 0) & (cell.list.len() == cell.list.drop_nulls().list.len()),
    "must have items, none of them null; an empty list is NULL",
    "Let the reader of this layout hand on nothing where the source lists nothing.",
)
FROM_ONE = Rule(
    "from_one",
    lambda cell: cell >= 1,
    "must be 1 or more",
    "Count from 1 in document order.",
)
CALENDAR = Rule(
    "calendar_range",
    lambda cell: cell.is_between(date(1900, 1, 1), date(2200, 12, 31)),
    "must be a day from 1900 to 2200",
    "Look at the year in the source; correct it there, or teach the reader of dates its notation.",
)
SHA256 = Rule(
    "sha256_shape",
    lambda cell: cell.str.contains(r"^[0-9a-f]{64}$"),
    "must be a SHA-256 in 64 lower-case hex digits",
    "Take it from the code that hashes the bytes, whole.",
)
COUNTRY_CODE = Rule(
    "country_code_shape",
    lambda cell: cell.str.contains(r"^[A-Z]{2}$"),
    "must be two capital letters of ISO 3166-1",
    "Add the country's wording to the vocabulary of places.",
)
MESH_ID = Rule(
    "mesh_id_shape",
    lambda cell: cell.str.contains(r"^[DC]\d{6,9}$"),
    "must be a MeSH unique ID, a D or a C and digits",
    "Look at the source; MeSH tree numbers are no IDs.",
)
PMID = Rule(
    "pmid_shape",
    lambda cell: cell.str.contains(r"^\d{1,8}$"),
    "must be a PubMed number, digits only",
    "Look at the source; a DOI or a PMC number stands in the citation.",
)
SPAN_ORDER = Rule(
    "span_order",
    lambda cell: cell >= pl.col("char_start"),
    "must not come before char_start",
    "The reader that set the two offsets has them wrong.",
)
JSON_OBJECT = Rule(
    "json_object",
    lambda cell: cell.str.starts_with("{") & cell.str.ends_with("}"),
    "must be a JSON object",
    "Write the row with the one function that makes it.",
)
IDENTIFIER_SHAPE = Rule(
    "identifier_shape",
    lambda cell: (
        ~pl.col("registry").is_in(list(codes.IDENTIFIER_SHAPES))
        | pl.concat_str(pl.col("registry"), cell, separator=":").str.contains(
            "^(" + "|".join(f"{registry}:{shape}" for registry, shape in codes.IDENTIFIER_SHAPES.items()) + ")$"
        )
    ),
    "must have the shape of its registry's numbers",
    "Look at the number in the source; if it is another registry's, the reader of identifiers names the wrong one.",
)


def one_of(allowed: Sequence[str]) -> Rule:
    """The rule of a coded column: its cell is one of `allowed`."""
    return Rule(
        "allowed_code",
        lambda cell: cell.is_in(list(allowed)),
        f"must be one of {', '.join(allowed)}",
        "Map the source's word to a code in the vocabulary, or leave the cell NULL and report the word as unmapped.",
    )


def each_of(allowed: Sequence[str]) -> Rule:
    """The rule of a column of lists of codes: every item is one of `allowed`."""
    return Rule(
        "allowed_code",
        lambda cell: cell.list.eval(pl.element().is_in(list(allowed))).list.all(),
        f"must hold only {', '.join(allowed)}",
        "Map the source's word to a code in the vocabulary, or leave it out and report the word as unmapped.",
    )


def between(low: float | None, high: float | None = None) -> Rule:
    """The rule of a number: finite, and within `low` and `high`, both included, where given."""
    words = {
        (True, True): f"must be a number from {low} to {high}",
        (True, False): f"must be a number of {low} or more",
        (False, True): f"must be a number of {high} or less",
        (False, False): "must be a finite number",
    }[low is not None, high is not None]

    def holds(cell: pl.Expr) -> pl.Expr:
        within = cell.is_finite()
        if low is not None:
            within &= cell >= low
        if high is not None:
            within &= cell <= high
        return within

    return Rule("number_range", holds, words, "Look at the number in the source; the reader may have its unit wrong.")


def above(low: float) -> Rule:
    """The rule of a number that is finite and greater than `low`."""
    return Rule(
        "number_range",
        lambda cell: cell.is_finite() & (cell > low),
        f"must be a number above {low}",
        "Look at the number in the source; the reader may have its unit wrong.",
    )


def not_below(other: str) -> Rule:
    """The rule of the upper of two bounds in one row: not below the column `other`."""
    return Rule(
        "bounds_order",
        lambda cell: cell >= pl.col(other),
        f"must not be below {other}",
        "The reader has the two bounds the wrong way round, or reads two amounts as a range.",
    )


def needs(other: str) -> Rule:
    """The rule of a value that means nothing without its companion `other`, as a number without its unit."""
    return Rule(
        "companion_missing",
        lambda cell: cell.is_null() | pl.col(other).is_not_null(),
        f"must come with {other}",
        f"The reader that set the value knows its {other}; let it set both or neither.",
    )
