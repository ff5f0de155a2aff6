"""Where Dagster keeps its runs: an absolute folder with the instance settings that Trialhouse ships.

Here belongs only that; what runs there is `assets`' business.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

FOLDER: Final = ".dagster"
SETTINGS: Final = Path(__file__).with_name("dagster.yaml")


def dagster_home() -> Path:
    """Return `DAGSTER_HOME`, by default `.dagster` in the working folder, made with its settings where it is missing.

    Settings that are there are left alone: they are the operator's.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or FOLDER).resolve()
    home.mkdir(parents=True, exist_ok=True)
    file = home / "dagster.yaml"
    if not file.exists():
        file.write_text(SETTINGS.read_text(encoding="utf-8"), encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return home
