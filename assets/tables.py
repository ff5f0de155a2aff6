"""The asset that builds: all tables and views at once, published before any of them counts as materialised."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg

from assets import lineage
from assets.labels import labels
from assets.request import Request
from pipeline import warehouse
from pipeline.building import checks, views
from pipeline.building.checks import Result
from pipeline.building.publish import PublishError, one_builder
from pipeline.building.views import View
from pipeline.showing import preview, report
from pipeline.warehouse import CheckFailedError, Published
from schemas import TABLES, Table


def _spec(table: Table) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=table.name,
        deps=lineage.parents(table),
        description=table.description,
        **labels(table.section.name.lower(), "duckdb", "table", pii=any(column.pii for column in table.columns())),
        metadata={
            "dagster/column_schema": lineage.column_schema(table),
            "dagster/column_lineage": lineage.column_lineage(table),
            "dagster/table_name": f"main.{table.name}",
        },
    )


def _view_spec(view: View) -> dg.AssetSpec:
    shown = lineage.view_columns(view)
    return dg.AssetSpec(
        key=lineage.key_of(f"{view.schema}.{view.name}"),
        deps=[lineage.key_of(name) for name in view.reads],
        description=f"{view.description}\n\n{view.question}\n\n```sql\n{view.example}\n```",
        **labels(
            "views" if view.schema == "main" else view.schema,
            "duckdb",
            "view",
            pii=any("pii" in (column.tags or {}) for column in shown.columns),
        ),
        metadata={
            "dagster/column_schema": shown,
            "dagster/column_lineage": lineage.view_lineage(view),
            "dagster/table_name": f"{view.schema}.{view.name}",
        },
    )


_TABLES: Final = {name: _spec(table) for name, table in TABLES.items()}
_VIEWS: Final = tuple(_view_spec(view) for view in views.catalogue() if view.kind == "VIEW")


def _check_specs() -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(name=check.name, asset=check.table, description=check.description, blocking=False)
        for check in checks.catalogue()
    ]


@dg.multi_asset(
    name="warehouse",
    specs=[*_TABLES.values(), *_VIEWS],
    check_specs=_check_specs(),
    can_subset=False,
)
def tables(
    context: dg.AssetExecutionContext, request: Request
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build the warehouse aside, check it, publish it by one rename; then, and only then, report the tables."""
    settings = request.settings()
    try:
        with one_builder(settings.warehouse, wait=settings.lock_wait):
            published = warehouse.build_warehouse(
                warehouse.last_read(settings, context.run.run_id),
                settings,
                context.run.run_id,
                datetime.now(UTC),
                accept_loss=request.accept_loss,
                on_change=report.prepare,
            )
    except CheckFailedError as error:
        yield from (_check_result(result) for result in error.results)
        raise dg.Failure(str(error), allow_retries=False) from error
    except PublishError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    if published.unchanged:
        context.log.info("nothing changed: %s was left as it is", published.warehouse)
    # Dagster records a table while the look at the next one is taken.
    for name, look in preview.previews(published.warehouse):
        yield _materialised(
            _TABLES[name],
            published,
            {
                "dagster/row_count": published.rows[name],
                **{f"null_rate/{column}": round(share, 4) for column, share in look.null_rates.items()},
                "preview": dg.MetadataValue.table(
                    [dg.TableRecord(row) for row in look.rows], lineage.shown_columns(TABLES[name])
                ),
            },
        )
        # A check belongs to the materialisation before it.
        yield from (_check_result(result) for result in published.results if result.table == name)
    for view in _VIEWS:
        yield _materialised(view, published, {})


def _materialised(spec: dg.AssetSpec, published: Published, metadata: dict[str, Any]) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        asset_key=spec.key,
        metadata={
            "dagster/uri": str(published.warehouse),
            "unchanged": published.unchanged,
            # Whatever draws column lineage reads it from what was materialised, not from what is defined.
            "dagster/column_lineage": spec.metadata["dagster/column_lineage"],
            **metadata,
        },
    )


def _check_result(result: Result) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=result.table,
        check_name=result.name,
        passed=result.passed,
        severity=dg.AssetCheckSeverity[result.severity],
        metadata={
            "violations": len(result.failures),
            **({"failures": list(result.failures)} if result.failures else {}),
        },
    )
