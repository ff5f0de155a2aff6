"""That a patched file is the file that would have been filled whole: the tests of merging and history, patched."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import test_history
import test_merge

from pipeline.building import increment

_FIXTURES = {"tmp_path", "build", "monkeypatch", "shared"}


def _rebuilding(module: ModuleType) -> list[Callable[..., None]]:
    """Return the tests of a module that build one warehouse more than once, as far as their fixtures are known here."""
    found = [one for name, one in vars(module).items() if name.startswith("test_") and inspect.isfunction(one)]
    return [
        one
        for one in found
        if set(inspect.signature(one).parameters) <= _FIXTURES
        and not getattr(one, "pytestmark", [])
        and max(inspect.getsource(one).count(call) for call in ("load(", "build(", "build_warehouse(")) > 1
    ]


@pytest.mark.parametrize(
    "test", [*_rebuilding(test_history), *_rebuilding(test_merge)], ids=lambda one: f"{one.__module__}.{one.__name__}"
)
def test_every_rebuild_may_be_a_patch(
    test: Callable[..., None], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small warehouses change so much that they are filled whole: a fault in exchanging rows would show nowhere."""
    patched = []
    original = increment.fill

    def spy(*given: Any) -> None:
        patched.append(given)
        original(*given)

    monkeypatch.setattr(increment, "MOST", 2)
    monkeypatch.setattr(increment, "fill", spy)
    test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})
    if not patched:
        pytest.skip("each of its builds has other code or other settings, so that none starts from another's base")
