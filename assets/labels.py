"""What every asset says of itself: who answers for it, how old it may get, whether it may hold personal data.

Here belongs what the assets share; what one of them is stands where it is defined.
"""

from datetime import timedelta
from typing import Final, TypedDict

import dagster as dg

OWNERS: Final = ["team:data-engineering"]

FRESHNESS: Final = dg.FreshnessPolicy.time_window(warn_window=timedelta(hours=26), fail_window=timedelta(days=3))
"""The schedule builds every day: one missed build is a warning, three are a fault."""


class Labels(TypedDict):
    """Arguments of an asset or a spec."""

    group_name: str
    kinds: set[str]
    owners: list[str]
    tags: dict[str, str]
    freshness_policy: dg.FreshnessPolicy


def labels(group: str, *kinds: str, pii: bool) -> Labels:
    """Return what an asset of a group says of itself; `pii` is whether it may hold personal data."""
    return {
        "group_name": group,
        "kinds": set(kinds),
        "owners": OWNERS,
        "tags": {"pii": "true" if pii else "false"},
        "freshness_policy": FRESHNESS,
    }
