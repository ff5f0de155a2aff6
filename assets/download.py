"""The asset that downloads: what changed at ClinicalTrials.gov since the last fetch comes into the raw folder."""

import dagster as dg

from assets.labels import labels
from assets.request import Request


@dg.asset(
    **labels("read", "python", "json", pii=True),
    # The fetch itself waits out what passes in minutes; a step that failed all the same is tried again later.
    retry_policy=dg.RetryPolicy(max_retries=2, delay=600, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS),
    description="Studies that the API of ClinicalTrials.gov posted since the last fetch, promoted into raw/ once as "
    "many have come as the register counts. The first, whole fetch (about 10 GB) is a person's decision: `trialhouse "
    "fetch ctgov`. Until then this asset does nothing.",
)
def ctgov_download(context: dg.AssetExecutionContext, request: Request) -> dg.MaterializeResult[None]:
    """Fetch what changed; say how many studies came and how many vanished from the register."""
    from pipeline.registers import fetch  # loads the HTTP client, which no build needs

    settings = request.settings()
    if fetch.fetched_until(settings) is None:
        context.log.info("nothing was ever fetched: run `trialhouse fetch ctgov` once to begin")
        return dg.MaterializeResult(metadata={"dagster/row_count": 0, "begun": False})
    fetched = fetch.fetch(settings, since=fetch.LAST)
    manifest = fetched.manifest
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.studies,
            "begun": True,
            "folder": str(fetched.folder),
            "until": str(manifest.until),
            "release": str(manifest.release),
            "vanished": len(manifest.vanished),
            "surplus": manifest.surplus or 0,
        }
    )
