"""The asset that builds: every table of the warehouse at once, published before any of them counts as materialised."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from assets import lineage
from assets.request import Request
from pipeline import checks, preview, warehouse
from pipeline.checks import Result
from pipeline.publish import PublishError, one_builder
from pipeline.warehouse import CheckFailedError
from schemas import TABLES, Section, Table

_GROUPS = {Section.READ: "read", Section.TRIALS: "trials", Section.PROVENANCE: "provenance"}


def _spec(table: Table) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=table.name,
        deps=lineage.parents(table),
        group_name=_GROUPS[table.section],
        description=table.description,
        kinds={"duckdb", "table"},
        owners=["team:data-engineering"],
        metadata={
            "dagster/column_schema": lineage.column_schema(table),
            "dagster/column_lineage": lineage.column_lineage(table),
            "dagster/table_name": f"main.{table.name}",
        },
    )


def _check_specs() -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(name=check.name, asset=check.table, description=check.description, blocking=False)
        for check in checks.catalogue()
    ]


@dg.multi_asset(
    name="warehouse",
    specs=[_spec(table) for table in TABLES.values()],
    check_specs=_check_specs(),
    can_subset=False,
    pool="warehouse",
)
def tables(
    context: dg.AssetExecutionContext, request: Request
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build the warehouse aside, check it, publish it by one rename; then, and only then, report the tables."""
    settings = request.settings()
    try:
        with one_builder(settings.warehouse, wait=settings.lock_wait):
            published = warehouse.build_warehouse(
                warehouse.last_read(settings),
                settings,
                context.run.run_id,
                datetime.now(UTC),
                accept_loss=request.accept_loss,
            )
    except CheckFailedError as error:
        yield from (_check_result(result) for result in error.results)
        raise dg.Failure(str(error), allow_retries=False) from error
    except PublishError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    if published.unchanged:
        context.log.info("nothing changed: %s was left as it is", published.warehouse)
    yield from (_check_result(result) for result in published.results)
    samples = preview.previews(published.warehouse)
    for table in TABLES.values():
        yield dg.MaterializeResult(
            asset_key=table.name,
            metadata={
                "dagster/row_count": published.rows[table.name],
                "dagster/uri": str(published.warehouse),
                "unchanged": published.unchanged,
                **{f"null_rate/{name}": share for name, share in samples[table.name].null_rates.items()},
                "preview": dg.MetadataValue.table(
                    [dg.TableRecord(row) for row in samples[table.name].rows], lineage.column_schema(table)
                ),
            },
        )


def _check_result(result: Result) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=result.table,
        check_name=result.name,
        passed=result.passed,
        severity=dg.AssetCheckSeverity[result.severity],
        metadata={"failures": list(result.failures)} if result.failures else {},
    )
