"""The asset that reads documents: from files to extracted, checked rows in the archive."""

from datetime import UTC, datetime

import dagster as dg

from assets.labels import labels
from assets.request import Request
from pipeline import warehouse
from pipeline.archiving.documents import NoFilesError
from pipeline.building.publish import PublishError


@dg.asset(
    deps=["ctgov_download"],
    **labels("read", "python", "polars", "beautifulsoup", pii=True),
    description="Every document found under the given paths, read by its layout or register format into rows that "
    "the contract accepts. What was read before, by the same code, is not read again.",
)
def records(context: dg.AssetExecutionContext, request: Request) -> dg.MaterializeResult[None]:
    """Read what is new; say how many documents were loaded, quarantined and duplicate."""
    try:
        found = warehouse.read_documents(request.documents(), request.settings(), context.run.run_id, datetime.now(UTC))
    except (NoFilesError, PublishError) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    status = found.counts()
    refused = found.refused()
    for uri, rule, problem in refused:
        context.log.warning("quarantined %s (%s): %s", uri, rule, problem)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(status.values()),
            "files": found.files.height,
            "loaded": status.get("LOADED", 0),
            "quarantined": status.get("QUARANTINED", 0),
            "duplicates": status.get("DUPLICATE", 0),
            "refused": len(refused),
            "from_sample": found.is_sample,
        }
    )
