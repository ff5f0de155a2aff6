"""Every setting of Trialhouse, with defaults that work, validated when the program starts.

Values come from the environment (`TRIALHOUSE_MEMORY_LIMIT=4GB`), else from the file that `TRIALHOUSE_SETTINGS` names or
`trialhouse.toml` in the working folder, else from the defaults here. Nothing else in the code reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

_PREFIX: Final = "TRIALHOUSE_"
_NAMED: Final = f"{_PREFIX}SETTINGS"
_FILE: Final = "trialhouse.toml"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it, its place and what it takes."""


Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseSettings):
    """What a person who runs Trialhouse may choose."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    raw: Path = Field(default=Path("raw"), description="The folder of documents as received.")
    warehouse: Path = Field(default=Path("warehouse/trials.duckdb"), description="The published file.")
    archive: Path | None = Field(
        default=None, description="Where extracted rows are kept between builds; beside the warehouse when unset."
    )
    workers: int = Field(default=0, ge=0, description="Processes that read documents; 0 takes every core.")
    batch_bytes: int = Field(default=32 << 20, ge=1 << 10, description="How many bytes of documents a batch holds.")
    memory_limit: str = Field(
        default="1GB", pattern=r"^\d+(\.\d+)?\s?(MB|GB|MiB|GiB)$", description="DuckDB's memory while it builds."
    )
    lock_wait: float = Field(
        default=600, ge=0, description="How many seconds a build waits for another that is publishing the same file."
    )
    contacts: bool = Field(default=False, description="Whether contacts of persons are written. Personal data.")
    officials: bool = Field(default=True, description="Whether officials of trials are written. Personal data.")
    loss_limit: Share = Field(default=0.02, description="The share of trials that may vanish between two builds.")
    fill_loss_limit: Share = Field(
        default=0.2, description="How far the share of filled cells of a column may fall between two builds."
    )
    unread_limit: Share = Field(
        default=0.1, description="The share of a page layout's lines that no rule reads, above which a build warns."
    )
    document_bytes_limit: int = Field(
        default=64 << 20, ge=1, description="The largest document that is read, in bytes."
    )
    archive_bytes_limit: int = Field(
        default=64 << 30, ge=1, description="How many bytes the members of one zip or gzip file may hold together."
    )
    archive_ratio_limit: int = Field(
        default=200, ge=1, description="How often larger a member may be than its packing."
    )
    archive_members_limit: int = Field(
        default=1_000_000, ge=1, description="How many documents a zip file, a list or a file of lines may hold."
    )
    page_bytes_limit: int = Field(default=16 << 20, ge=1, description="The largest page (text, HTML) read, in bytes.")
    page_elements_limit: int = Field(
        default=1_000_000, ge=1, description="How many tags an HTML page may have, and lines a text."
    )
    page_depth_limit: int = Field(
        default=1_000, ge=1, description="How deep the elements of an HTML page may be nested."
    )
    page_line_limit: int = Field(
        default=1 << 16, ge=1, description="The longest line of a page as text, in characters."
    )
    document_elements_limit: int = Field(
        default=2_000_000, ge=1, description="How many values a JSON study may have, and tags an XML one."
    )
    fetch_address: str = Field(
        default="https://clinicaltrials.gov/api/v2",
        pattern=r"^https?://[^\s/?#]+(/[^\s/?#]+)*$",
        description="Where ClinicalTrials.gov's API v2 is asked; no slash at its end.",
    )
    fetch_page_size: int = Field(default=1000, ge=1, le=1000, description="How many studies a page is asked to hold.")
    fetch_rate: float = Field(
        default=40,
        gt=0,
        le=6000,
        description="How many requests a minute are sent at most; the register allows about 50.",
    )
    fetch_timeout: float = Field(default=60, gt=0, description="How many seconds of silence end a request.")
    fetch_page_timeout: float = Field(default=600, gt=0, description="How many seconds a page may take as a whole.")
    fetch_attempts: int = Field(default=10, ge=1, description="How often a request is sent before it is given up.")
    fetch_wait_limit: float = Field(
        default=900,
        ge=0,
        description="The longest wait, in seconds, that the register may ask for before a fetch gives up.",
    )
    fetch_keep_superseded: bool = Field(
        default=True,
        description="Whether what a full fetch supersedes is kept, hidden, in `raw/.superseded`; else it is deleted.",
    )

    @property
    def archive_folder(self) -> Path:
        """The folder of extracted rows that goes with the warehouse."""
        return self.archive or self.warehouse.parent / ".archive"

    @property
    def report(self) -> Path:
        """The page on the warehouse, beside it."""
        return self.warehouse.with_name("report.html")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments first, then the environment, then the file."""
        file = TomlConfigSettingsSource(settings_cls, Path(os.environ.get(_NAMED) or _FILE))
        return init_settings, env_settings, file


def load(**chosen: object) -> Settings:
    """Return the settings; `chosen` (a command's options) wins over the environment and the file.

    Raises:
        SettingsError: naming every setting that cannot be used, and why.
    """
    named = os.environ.get(_NAMED)
    if named and not Path(named).is_file():
        raise SettingsError(f"{_NAMED} names {named}, which is no file: correct it or unset it")
    file = named or _FILE
    if wrong := "; ".join(_misspelt(os.environ)):
        raise SettingsError(f"settings that cannot be used: {wrong} (see docs/operations.md)")
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})  # type: ignore[arg-type] # pydantic checks them
    except ValidationError as error:
        wrong = "; ".join(_fault(one["loc"], one) for one in error.errors())
        raise SettingsError(f"settings that cannot be used: {wrong} (see docs/operations.md)") from None
    except (ValueError, OSError) as error:  # the file is not TOML, or not UTF-8, or may not be read
        raise SettingsError(f"the settings file {file} cannot be read: {error}") from None


def _misspelt(environment: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with names that are nearly a setting's; others with the prefix may be somebody else's."""
    for name in sorted(environment):
        setting = name.removeprefix(_PREFIX).lower()
        strange = name.startswith(_PREFIX) and name != _NAMED and setting not in Settings.model_fields
        if strange and (meant := _meant(setting)):
            yield f"{name} is no setting (is {_PREFIX}{meant.upper()} meant?)"


def _fault(place: Sequence[object], fault: Mapping[str, Any]) -> str:
    name = ".".join(map(str, place))
    if fault["type"] != "extra_forbidden":
        return f"{name} = {fault.get('input')!r}: {fault['msg']}"
    meant = _meant(name)
    return f"{name} is no setting{f' (is {meant} meant?)' if meant else ''}"


def _meant(name: str) -> str | None:
    """Return the setting that is spelled nearly so."""
    return next(iter(get_close_matches(name, Settings.model_fields, n=1, cutoff=0.75)), None)
