"""Where a trial runs, and the people who answer for it.

Belongs here: sites and the two tables of personal data. Does not belong here: whether personal data is written, which
the settings decide.
"""

import polars as pl

from schemas import codes, rules
from schemas.table import (
    Model,
    Section,
    choice,
    column,
    document_key,
    number,
    own_key,
    position,
    table,
    trial_key,
    words,
)

_CONTACTS = "protocolSection.contactsLocationsModule."
_SITE = _CONTACTS + "locations."


@table(
    "sites",
    section=Section.TRIALS,
    kind="site",
    key=("site_id",),
    references={"trial_id": "trials", "document_id": "documents"},
    group="sites",
)
class Sites(Model):
    """A place where participants are seen."""

    site_id: pl.String = own_key("site")
    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    facility: pl.String = words("The hospital, practice or other institution.", source=_SITE + "facility")
    city: pl.String = words("The city, as written.", source=_SITE + "city")
    state: pl.String = words("The state, province or region, as written.", source=_SITE + "state")
    postal_code: pl.String = words("The postal code, as written.", source=_SITE + "zip")
    country: pl.String = words("The country, as written.", source=_SITE + "country")
    country_code: pl.String = column("The country's ISO 3166-1 alpha-2 code.", rules.COUNTRY_CODE)
    status: pl.String = choice("Where recruitment at the site stands.", codes.SITE_STATUS, source=_SITE + "status")
    latitude: pl.Float64 = number(
        "How far north, as the source says; ClinicalTrials.gov's points are centres of cities.",
        rules.between(-90, 90),
        unit="degrees",
        source=_SITE + "geoPoint.lat",
    )
    longitude: pl.Float64 = number(
        "How far east, as the source says; ClinicalTrials.gov's points are centres of cities.",
        rules.between(-180, 180),
        unit="degrees",
        source=_SITE + "geoPoint.lon",
    )
    document_id: pl.String = document_key()


@table(
    "officials",
    section=Section.TRIALS,
    kind="official",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "document_id": "documents"},
    group="officials",
)
class Officials(Model):
    """A person responsible for the trial. Personal data, behind a switch of its own that is on by default."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    name: pl.String = words("The person's name.", pii=True, source=_CONTACTS + "overallOfficials.name")
    role: pl.String = choice(
        "The person's part in the trial.", codes.OFFICIAL_ROLE, source=_CONTACTS + "overallOfficials.role"
    )
    affiliation: pl.String = words(
        "The institution that the person belongs to.", pii=True, source=_CONTACTS + "overallOfficials.affiliation"
    )
    document_id: pl.String = document_key()


def _contact(field: str) -> tuple[str, str]:
    """The paths of a field of a contact, of the trial and of a site."""
    return f"{_CONTACTS}centralContacts.{field}", f"{_SITE}contacts.{field}"


@table(
    "contacts",
    section=Section.TRIALS,
    kind="contact",
    key=("trial_id", "ordinal"),
    references={"trial_id": "trials", "site_id": "sites", "document_id": "documents"},
    group="sites",
)
class Contacts(Model):
    """A person or desk to ask. Personal data, off by default: then the table is empty."""

    trial_id: pl.String = trial_key()
    ordinal: pl.Int32 = position()
    site_id: pl.String = own_key("site", required=False)
    name: pl.String = words("The contact's name.", pii=True, source=_contact("name"))
    role: pl.String = choice("The contact's part in the trial.", codes.CONTACT_ROLE, source=_contact("role"))
    phone: pl.String = words("The telephone number, as written.", pii=True, source=_contact("phone"))
    email: pl.String = words("The e-mail address.", pii=True, source=_contact("email"))
    document_id: pl.String = document_key()
