"""What one run is asked to do: the resource that every asset of the job shares.

Here belongs only the run's own choice, as the launchpad and `trialhouse build` give it; lasting choices are settings
(`pipeline.settings`).
"""

from pathlib import Path

import dagster as dg
from pydantic import Field

from pipeline import settings
from pipeline.settings import Settings


class Request(dg.ConfigurableResource[None]):
    """The documents and the warehouse of a run; what is not given comes from the settings."""

    paths: list[str] = Field(default_factory=list)
    """Files or folders of documents; the settings' raw folder where none is given."""
    warehouse: str | None = None
    """The file to publish."""
    accept_loss: bool = False
    """Publish even where trials vanish or columns are much emptier than before."""

    def settings(self) -> Settings:
        """Return the settings of this run."""
        return settings.load(warehouse=Path(self.warehouse) if self.warehouse else None)

    def documents(self) -> list[Path]:
        """Return the paths to read."""
        return [Path(path) for path in self.paths] or [self.settings().raw]
