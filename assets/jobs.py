"""When the work is done: the job that builds, the one that fetches first, the schedule, the sensor for new files."""

import hashlib
from collections.abc import Iterator

import dagster as dg

from pipeline import settings
from pipeline.archiving.documents import NoFilesError, find

build_job = dg.define_asset_job(
    "build_warehouse",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("ctgov_download"),
    description="Read every document that is new, build the warehouse, check it, publish it.",
)

refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Fetch what changed at the register since the last fetch, then build the warehouse.",
)

daily = dg.ScheduleDefinition(
    name="daily",
    job=refresh_job,
    cron_schedule="0 4 * * *",
    description="Every day at four in the morning, UTC: fetch what changed, then build.",
)


@dg.sensor(job=build_job, minimum_interval_seconds=60, description="Builds when files under raw/ come, go or change.")
def new_files(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a run whenever names, sizes or times of the files in the raw folder differ from the last look."""
    raw = settings.load().raw
    try:
        files = find([raw], raw).files
    except NoFilesError as error:
        yield dg.SkipReason(str(error))
        return
    digest = hashlib.sha256()
    for file in files:
        try:
            stat = file.path.stat()
        except OSError:  # it went away meanwhile, or is a link to nowhere
            digest.update(f"{file.uri}\0".encode())
        else:
            digest.update(f"{file.uri}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    cursor = digest.hexdigest()
    if cursor == context.cursor:
        yield dg.SkipReason("no file under raw/ has changed")
        return
    context.update_cursor(cursor)
    yield dg.RunRequest()
