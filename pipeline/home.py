"""Where Dagster keeps its runs: an absolute folder with the instance settings that Trialhouse ships.

Here belongs only that; what runs there is `assets`' business.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

FOLDER: Final = ".dagster"
SETTINGS: Final = Path(__file__).with_name("dagster.yaml")


class HomeError(RuntimeError):
    """A folder that cannot keep Dagster's runs; the message says why and what to do."""


def dagster_home() -> Path:
    """Return `DAGSTER_HOME`, by default `.dagster` in the working folder, made with its settings where it is missing.

    Settings that are there are left alone: they are the operator's.

    Raises:
        HomeError: where the folder cannot be made or written.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or FOLDER).resolve()
    file = home / SETTINGS.name
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            aside = file.with_name(f".{file.name}-{os.getpid()}")  # nobody may read half of it
            aside.write_text(SETTINGS.read_text(encoding="utf-8"), encoding="utf-8")
            aside.replace(file)
    except OSError as error:
        raise HomeError(
            f"{home} cannot keep Dagster's runs ({error.strerror or error}): let DAGSTER_HOME name a folder that can "
            "be written, or unset it"
        ) from None
    os.environ["DAGSTER_HOME"] = str(home)
    return home
