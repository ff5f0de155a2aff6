"""What somebody would write who wants the same NDJSON in DuckDB and nothing else: `read_json` and `UNNEST`.

    python -m benchmarks.plain SOURCE TARGET

Trials, arms, interventions, outcomes and sites, with typed columns, in the words of the register: no keys, no values
read, no time frames, no checks, no evidence, no merging. It is what the whole build is measured against.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import duckdb

_DATE: Final = "STRUCT(date VARCHAR, type VARCHAR)"
_OUTCOMES: Final = "STRUCT(measure VARCHAR, description VARCHAR, timeFrame VARCHAR)[]"
_STUDY: Final = f"""STRUCT(
    identificationModule STRUCT(nctId VARCHAR, briefTitle VARCHAR, officialTitle VARCHAR, acronym VARCHAR),
    statusModule STRUCT(
        overallStatus VARCHAR, whyStopped VARCHAR, statusVerifiedDate VARCHAR, startDateStruct {_DATE},
        primaryCompletionDateStruct {_DATE}, completionDateStruct {_DATE}, studyFirstSubmitDate VARCHAR,
        studyFirstPostDateStruct {_DATE}, lastUpdatePostDateStruct {_DATE}, resultsFirstSubmitDate VARCHAR,
        resultsFirstPostDateStruct {_DATE}
    ),
    sponsorCollaboratorsModule STRUCT(leadSponsor STRUCT(name VARCHAR, class VARCHAR)),
    oversightModule STRUCT(oversightHasDmc BOOLEAN, isFdaRegulatedDrug BOOLEAN, isFdaRegulatedDevice BOOLEAN),
    descriptionModule STRUCT(briefSummary VARCHAR, detailedDescription VARCHAR),
    designModule STRUCT(
        studyType VARCHAR, phases VARCHAR[],
        designInfo STRUCT(
            allocation VARCHAR, interventionModel VARCHAR, interventionModelDescription VARCHAR, primaryPurpose VARCHAR,
            observationalModel VARCHAR, timePerspective VARCHAR,
            maskingInfo STRUCT(masking VARCHAR, maskingDescription VARCHAR, whoMasked VARCHAR[])
        ),
        enrollmentInfo STRUCT(count BIGINT, type VARCHAR)
    ),
    armsInterventionsModule STRUCT(
        armGroups STRUCT(label VARCHAR, type VARCHAR, description VARCHAR)[],
        interventions STRUCT(type VARCHAR, name VARCHAR, description VARCHAR, otherNames VARCHAR[])[]
    ),
    outcomesModule STRUCT(
        primaryOutcomes {_OUTCOMES}, secondaryOutcomes {_OUTCOMES}, otherOutcomes {_OUTCOMES}
    ),
    eligibilityModule STRUCT(
        eligibilityCriteria VARCHAR, healthyVolunteers BOOLEAN, sex VARCHAR, minimumAge VARCHAR, maximumAge VARCHAR,
        studyPopulation VARCHAR, samplingMethod VARCHAR
    ),
    contactsLocationsModule STRUCT(
        locations STRUCT(
            facility VARCHAR, status VARCHAR, city VARCHAR, state VARCHAR, zip VARCHAR, country VARCHAR,
            geoPoint STRUCT(lat DOUBLE, lon DOUBLE)
        )[]
    )
)"""
# Some studies have an object where a list belongs: DuckDB refuses the whole file unless told to leave them out.
_READ: Final = """
CREATE TEMP TABLE studies AS SELECT protocolSection AS s, hasResults FROM read_json(
    $source, format = 'newline_delimited', ignore_errors = true,
    columns = {protocolSection: $study, hasResults: 'BOOLEAN'}
)
"""
_ONCE: Final = (
    "identificationModule",
    "statusModule",
    "sponsorCollaboratorsModule",
    "oversightModule",
    "descriptionModule",
    "designModule",
    "eligibilityModule",
)
_LISTS: Final = {
    "arms": (("", "armsInterventionsModule.armGroups"),),
    "interventions": (("", "armsInterventionsModule.interventions"),),
    "outcomes": tuple(
        (f"'{kind}' AS type, ", f"outcomesModule.{kind}Outcomes") for kind in ("primary", "secondary", "other")
    ),
    "sites": (("", "contactsLocationsModule.locations"),),
}


def load(source: Path, target: Path) -> dict[str, int]:
    """Read the studies of `source` into a new DuckDB file; return how many rows each table has."""
    with duckdb.connect(str(target), config={"preserve_insertion_order": False}) as connection:
        connection.execute(_READ, {"source": str(source), "study": _STUDY})
        columns = ", ".join(f"unnest(s.{module})" for module in _ONCE)
        connection.execute(f"CREATE TABLE trials AS SELECT {columns}, hasResults FROM studies")  # noqa: S608 - our own
        for table, lists in _LISTS.items():
            selects = " UNION ALL ".join(
                f"SELECT nctId, {told}unnest(entry) FROM "  # noqa: S608 - our own
                f"(SELECT s.identificationModule.nctId AS nctId, unnest(s.{path}) AS entry FROM studies)"
                for told, path in lists
            )
            connection.execute(f"CREATE TABLE {table} AS {selects}")
        return {
            table: int((connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0])  # noqa: S608 - our own
            for table in ("trials", *_LISTS)
        }


if __name__ == "__main__":
    print(load(Path(sys.argv[1]), Path(sys.argv[2])))
