"""A register's format written down as types, and what follows from that for every format alike.

A format is a tree of `Struct`s. A field of it is read; or it is `Annotated` with the reason why not, and these make the
reviewed list of paths not read; whatever is not a field is unknown and reported. The formats themselves, and how their
bytes become such structs, are the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from pipeline.reading.records import Record


class Read(NamedTuple):
    """One study as read.

    Attributes:
        record: the source's words.
        unread: for `unread_lines`, each once, in document order: the paths that are neither read nor in the format's
            reviewed list of paths not read, and the places where the source had to be met half-way (`path: what`).
    """

    record: Record
    unread: list[str]


class Field(NamedTuple):
    """One field of a struct, as a reader needs it."""

    name: str
    """What the format calls it."""
    reason: str | None
    """Why it is not read; None where it is."""
    struct: type[Struct] | None
    """What it, or each entry of it, is made of; None for plain words."""
    is_list: bool


def fields(type_: type[Struct]) -> dict[str, Field]:
    """Return the fields of a struct by their name in Python."""
    names = {one.name: one.encode_name for one in msgspec.structs.fields(type_)}
    hints = get_type_hints(type_, include_extras=True)
    return {name: _field(names[name], hints[name]) for name in names}


@cache
def by_name(type_: type[Struct]) -> dict[str, Field]:
    """Return the fields of a struct by what the format calls them."""
    return {field.name: field for field in fields(type_).values()}


def _field(name: str, hint: Any) -> Field:  # noqa: ANN401 - a type form has no type of its own
    if get_origin(hint) is Annotated:
        return Field(name, hint.__metadata__[0].description, None, is_list=False)
    kind = next(part for part in (*get_args(hint), hint) if part is not type(None)) if _is_union(hint) else hint
    is_list = get_origin(kind) is list
    (entry,) = get_args(kind) if is_list else (kind,)
    return Field(name, None, entry if isinstance(entry, type) and issubclass(entry, Struct) else None, is_list)


def _is_union(hint: Any) -> bool:  # noqa: ANN401 - as above
    return type(None) in get_args(hint)


def paths_not_read(type_: type[Struct], root: str, step: str, entry: str = "") -> Iterator[tuple[str, str]]:
    """Yield the reviewed list of a format: each path that is known and not read, with the reason.

    Args:
        type_: the struct at the root.
        root: its path.
        step: what stands between a path and a name under it.
        entry: what stands behind the path of a list.
    """
    for field in fields(type_).values():
        path = f"{root}{step}{field.name}"
        if field.reason is not None:
            yield path, field.reason
        elif field.struct is not None:
            yield from paths_not_read(field.struct, path + entry if field.is_list else path, step, entry)
