"""Every value of the register's records in the shared corpus that has a closed form is read.

The records are not part of the project; where they are absent, these tests skip.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from lxml import etree

from pipeline.normalize import ages, dates, identifiers, numbers, places, vocabulary

RECORDS = Path(__file__).parents[2] / "shared" / "corpus" / "ctgov_xml"

FIELDS = {
    "overall_status": "overall_status",
    "last_known_status": "overall_status",
    "location/status": "site_status",
    "study_type": "study_type",
    "phase": "phases",
    "allocation": "allocation",
    "intervention_model": "intervention_model",
    "observational_model": "observational_model",
    "time_perspective": "time_perspective",
    "masking": "masking",
    "primary_purpose": "primary_purpose",
    "gender": "sex",
    "sampling_method": "sampling_method",
    "healthy_volunteers": "boolean",
    "has_dmc": "boolean",
    "is_fda_regulated_drug": "boolean",
    "agency_class": "sponsor_class",
    "arm_group_type": "arm_type",
    "intervention_type": "intervention_type",
    "overall_official/role": "official_role",
    "investigator/role": "contact_role",
    "sharing_ipd": "plan_to_share_ipd",
}
READERS: dict[str, Callable[[str], bool]] = {
    **{f".//{path}": partial(vocabulary.known, field) for path, field in FIELDS.items()},
    ".//study_design_info/masking": lambda words: vocabulary.known("who_masked", words),
    ".//location/facility/address/country": lambda words: places.country_code(words) is not None,
    ".//minimum_age": lambda words: ages.read(words) is not None or ages.is_no_limit(words),
    ".//maximum_age": lambda words: ages.read(words) is not None or ages.is_no_limit(words),
    ".//enrollment": lambda words: numbers.count(words) is not None,
    ".//nct_id": lambda words: identifiers.registry(words) == "CTGOV",
    ".//start_date": lambda words: dates.read(words) is not None,
    ".//completion_date": lambda words: dates.read(words) is not None,
    ".//primary_completion_date": lambda words: dates.read(words) is not None,
    ".//verification_date": lambda words: dates.read(words) is not None,
    ".//study_first_submitted": lambda words: dates.read(words) is not None,
    ".//last_update_posted": lambda words: dates.read(words) is not None,
}


@pytest.fixture(scope="module")
def records() -> list[etree._Element]:
    """The corpus's records, parsed."""
    if not RECORDS.is_dir():
        pytest.skip("the shared corpus is not beside this checkout")
    return [etree.parse(path).getroot() for path in sorted(RECORDS.glob("*.xml"))]


@pytest.mark.parametrize("path", READERS)
def test_every_value_is_read(path: str, records: list[etree._Element]) -> None:
    """A word of the register itself that we do not know would be lost in thousands of studies."""
    words = {element.text.strip() for record in records for element in record.iterfind(path) if element.text}
    assert words
    assert {word for word in words if not READERS[path](word)} == set()
