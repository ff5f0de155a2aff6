"""Where the terminal's runs are recorded: in Dagster's instance where its UI looks, or nowhere.

Here belongs what such an instance costs. Dagster's event log in SQLite is made for long runs with few events: of each
event it opens files, engines and connections anew, and waits for the disk. A build has some four hundred events within
a second.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any, Final

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, NullPool, create_engine, text
from yaml import YAMLError  # type: ignore[import-untyped] # Dagster brings it, without types

from pipeline.home import SETTINGS, HomeError, dagster_home
from pipeline.lock import HeldError, held

_TOLD: Final = 300
"""How many letters of what Dagster says of its settings are passed on: it lists all that it would take."""
_LOCK: Final = ".trialhouse.lock"
_PROCESS: Final = "trialhouse/process"
"""The tag of a run that says which process runs it, as `<number> on <host>`."""
_PATIENCE: Final = 60
"""How many seconds a write waits for those of the webserver and the daemon."""


@contextmanager
def recorded() -> Iterator[dg.DagsterInstance]:
    """Give the instance of `DAGSTER_HOME`, which the UI shows.

    Raises:
        HomeError: where Dagster's runs cannot be kept.
    """
    home = dagster_home()
    file = home / SETTINGS.name
    try:
        # Two that make Dagster's databases at once would break them.
        with held(home / _LOCK, wait=_PATIENCE):
            instance = dg.DagsterInstance.get()
    except HeldError as error:
        raise HomeError(f"{home} is being made by {error.holder}, and has been for long: stop it") from None
    except OSError as error:
        raise HomeError(f"{home} cannot be written ({error.strerror}): let DAGSTER_HOME name another folder") from None
    except (dg.DagsterError, YAMLError) as error:
        told = " ".join(str(error).split())[:_TOLD]
        raise HomeError(f"{file} cannot be used: mend it, or delete it and it is made anew. {told}") from None
    with instance, ExitStack() as stack:
        if isinstance(instance.event_log_storage, SqliteEventLogStorage):  # the operator may have chosen another
            _hold(instance.event_log_storage, stack)
        _tell_dead(instance)
        yield instance


@contextmanager
def unrecorded() -> Iterator[dg.DagsterInstance]:
    """Give an instance that keeps nothing and knows of no run before: what happens, whoever runs it is told."""
    with dg.DagsterInstance.ephemeral() as instance:
        log: Any = instance.event_log_storage
        log.store_event = lambda _: None
        log.get_asset_records = lambda _: []
        log.fetch_observations = lambda *_: dg.EventRecordsResult([], cursor="", has_more=False)
        yield instance


def process_tag() -> dict[str, str]:
    """Return the tag that a run of this process carries."""
    return {_PROCESS: f"{os.getpid()} on {socket.gethostname()}"}


def _tell_dead(instance: dg.DagsterInstance) -> None:
    """Say of runs whose process was killed that they have failed.

    Dagster would show them as running for ever, and its queue, which runs one at a time, would wait for them.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_RUNNING)):
        number, _, host = run.tags.get(_PROCESS, "").partition(" on ")
        if host == socket.gethostname() and not _is_alive(int(number)):
            instance.report_run_failed(
                run, f"Process {number} that ran it is gone: it was killed, or the power failed."
            )


_RUNNING: Final = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def _hold(log: SqliteEventLogStorage, stack: ExitStack) -> None:
    """Let the log keep one connection a file, which `stack` closes."""
    connect: Callable[[str], AbstractContextManager[Connection]] = log._connect

    @cache
    def connection(shard: str) -> Connection:
        with connect(shard):  # makes the file where it is new
            pass
        engine = create_engine(
            log.conn_string_for_shard(shard),
            poolclass=NullPool,
            connect_args={"timeout": _PATIENCE, "check_same_thread": False},
        )
        opened = stack.enter_context(engine.connect())
        # What a power cut takes of a run's events harms nobody; the file stays whole.
        opened.execute(text("PRAGMA synchronous=NORMAL"))
        opened.commit()
        return opened

    @contextmanager
    def begin(shard: str) -> Iterator[Connection]:
        opened = connection(shard)
        with log._db_lock, opened.begin():
            yield opened

    changed: Any = log
    changed._connect = begin
    changed.has_table = cache(log.has_table)
