"""The asset to look at: the page on what the published warehouse holds."""

import dagster as dg

from assets import lineage
from assets.labels import labels
from assets.request import Request
from pipeline.showing import report
from pipeline.showing.published import UnreadableError


@dg.asset(
    name="report",
    deps=lineage.last(report.READS),
    **labels("report", "html", "altair", pii=False),
    description="One page on what is in the warehouse, how complete it is, what did not fit, what disagrees and what "
    "changed, beside the warehouse as `report.html`. It stands alone: no network, no script. It is written after the "
    "warehouse was published, which stays published whatever becomes of the page; where nothing changed, it stays.",
)
def page(context: dg.AssetExecutionContext, request: Request) -> dg.MaterializeResult[None]:
    """Write the page, unless it stands as it would be written; say where it is and how large."""
    try:
        file, drawn = report.refresh(request.settings())
    except (report.ReportError, UnreadableError) as error:
        raise dg.Failure(
            f"the warehouse was published, but its report was not written: {error}", allow_retries=False
        ) from error
    context.log.info("open %s in a browser", file)
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(file.resolve())),
            "dagster/uri": str(file),
            "size": file.stat().st_size,
            "unchanged": not drawn,
        }
    )
