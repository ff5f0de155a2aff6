"""Personal data: what is switched off must be nowhere, in no table, file, log, preview or reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from conftest import ROOT, SAMPLE, Build

from pipeline.reading import read, tabulate
from pipeline.reading.records import Contact, Official, Record, Sponsor, Trial
from pipeline.reading.words import Words
from pipeline.showing import preview

# Nobody is called so, and 555-01xx are the telephone numbers of films.
PERSON = "Zebulon Quartermaine"
PHONE = "+1 (555) 010-7788"
E_MAIL = "zebulon.q@example.org"
OFFICIAL = "Ottoline Vandersnoot"
CONTACTS = (PERSON, "Quartermaine", "010-7788", "0107788", "zebulon.q")
OFFICIALS = (OFFICIAL, "Vandersnoot")

_CONTACT = {"name": PERSON, "role": "CONTACT", "phone": PHONE, "email": E_MAIL}
_STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A title"},
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "A sponsor"},
            "responsibleParty": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": OFFICIAL},
        },
        "contactsLocationsModule": {
            "centralContacts": [_CONTACT],
            "overallOfficials": [{"name": OFFICIAL, "role": "STUDY_CHAIR", "affiliation": "A hospital"}],
            "locations": [{"facility": "A hospital", "city": "Lyon", "country": "France", "contacts": [_CONTACT]}],
        },
    }
}
_XML = f"""<clinical_study><id_info><nct_id>NCT00000002</nct_id></id_info>
<overall_official><last_name>{OFFICIAL}</last_name><role>Study Chair</role></overall_official>
<overall_contact><last_name>{PERSON}</last_name><phone>{PHONE}</phone><email>{E_MAIL}</email></overall_contact>
<location><contact><last_name>{PERSON}</last_name><phone>{PHONE}</phone></contact></location></clinical_study>"""


def _pages(folder: Path) -> None:
    """Documents with persons in their places, and the same broken where the persons stand."""
    folder.mkdir(exist_ok=True)
    study = json.dumps(_STUDY)
    (folder / "study.json").write_text(study)
    (folder / "number.json").write_text(study.replace(f'"{PHONE}"', "5550107788").replace("000001", "000003"))
    (folder / "list.json").write_text(study.replace(f'"{PERSON}"', f'["{PERSON}"]').replace("000001", "000004"))
    (folder / "key.json").write_text(study.replace('"phone"', f'"{E_MAIL}"').replace("000001", "000005"))
    (folder / "cut.json").write_text(study[: study.index(E_MAIL) + 9])
    (folder / "study.xml").write_text(_XML)
    (folder / "tag.xml").write_text(_XML.replace(E_MAIL, f"<{E_MAIL}>").replace("000002", "000006"))
    (folder / "entity.xml").write_text(_XML.replace(E_MAIL, "&zebulon.q;").replace("000002", "000007"))
    for page in ("ctgov_classic.html", "ctgov_classic.R.txt", "ctgov_classic.T.txt"):
        text = (SAMPLE / page).read_text()
        for name, number in (("Adi Misal, M.Sc", PERSON), ("adi@example.org", E_MAIL)):
            text = text.replace(name, number)
        (folder / page).write_text(text)
    (folder / "unknown.txt").write_text(f"A page about cooking.\nAsk {PERSON}, {PHONE}, {E_MAIL}\n")
    (folder / "mixed.txt").write_bytes(f"Größe {PERSON} {E_MAIL} ".encode() + b"\xff")


def _found(texts: Iterable[str], traces: Iterable[str]) -> list[str]:
    whole = "\n".join(texts)
    return [trace for trace in traces if trace in whole]


def _tables(file: Path) -> list[str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute(
            'SELECT format(\'"{}"."{}"\', table_schema, table_name) FROM information_schema.tables'
        ).fetchall()
        return [str(connection.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in names]


def _archived(folder: Path) -> list[str]:
    told = []
    for path in (folder / ".archive").rglob("*"):
        if path.suffix == ".parquet":
            told.append(str(pl.read_parquet(path).rows()))
        elif path.suffix == ".duckdb":
            told += _tables(path)
        elif path.is_file():
            told.append(path.read_text(errors="replace"))
    return told


def test_contacts_are_nowhere_unless_asked_for(build: Build, tmp_path: Path) -> None:
    """A telephone number must slip through no error message, no unread line, no cache and no preview."""
    _pages(tmp_path / "in")
    file = build(tmp_path / "in").warehouse
    shown = [str(look.rows) for look in dict(preview.previews(file)).values()]
    assert _found(_tables(file), CONTACTS) == []
    assert _found(_archived(file.parent), CONTACTS) == []
    assert _found(shown, CONTACTS) == []
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM quarantine").fetchone() > (4,)
        assert connection.execute(f"SELECT count(*) FROM officials WHERE name = '{OFFICIAL}'").fetchone() > (0,)


def test_officials_have_a_switch_of_their_own(build: Build, tmp_path: Path) -> None:
    """Whoever may not hold names of persons must be able to leave the officials out, too, wherever else they stand."""
    _pages(tmp_path / "in")
    file = build(tmp_path / "in", officials=False).warehouse
    assert _found(_tables(file), (*CONTACTS, *OFFICIALS)) == []
    assert _found(_archived(file.parent), (*CONTACTS, *OFFICIALS)) == []


def test_switching_contacts_on_and_off_again(build: Build, tmp_path: Path) -> None:
    """Switched on, they must be read from documents that were read before; switched off, nothing may keep them."""
    _pages(tmp_path / "in")
    assert build(tmp_path / "in").rows["contacts"] == 0
    on = build(tmp_path / "in", contacts=True)
    assert on.rows["contacts"] >= 8
    with duckdb.connect(str(on.warehouse), read_only=True) as connection:
        assert connection.execute(f"SELECT count(*) FROM contacts WHERE email = '{E_MAIL}'").fetchone() > (3,)
    assert _found(_archived(on.warehouse.parent), CONTACTS) != []
    # A document that is gone stays as a version: without the persons.
    (tmp_path / "in" / "study.json").unlink()
    off = build(tmp_path / "in", accept_loss=True)
    assert off.rows["contacts"] == 0
    assert _found(_tables(off.warehouse), CONTACTS) == []
    assert _found(_archived(off.warehouse.parent), CONTACTS) == []


def test_a_build_that_was_killed_once_it_had_published_leaves_no_contacts(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old rows are deleted last: where that was missed, the next build must do it, though it has nothing else to do."""
    _pages(tmp_path / "in")
    build(tmp_path / "in", contacts=True)
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.archiving.archive.Archive.forget_others", lambda _: None)
        file = build(tmp_path / "in", accept_loss=True).warehouse
    assert _found(_archived(file.parent), CONTACTS) != []
    assert build(tmp_path / "in").unchanged
    assert _found(_archived(file.parent), CONTACTS) == []


def test_texts_keep_their_length_and_their_evidence() -> None:
    """A mask that shifts the text would make every piece of evidence behind it point at the wrong words."""
    text = f"Title: A trial\nContact: {PERSON}, {PHONE}\nagain {PERSON} or {E_MAIL}\nSponsor: Acme"
    start = text.index(PERSON)
    record = Record(
        trial=Trial(brief_title=Words("A trial", ((7, 14),))),
        sponsors=[Sponsor(Words("Acme", ((len(text) - 4, len(text)),)), "LEAD")],
        contacts=[Contact(name=Words(PERSON, ((start, start + len(PERSON)),)))],
    )
    document = tabulate.Extracted("d" * 64, "labelled", record, text, None, None, [(9, f"call {PERSON} at {PHONE}")])
    tables = tabulate.tabulate([document], contacts=False, officials=True)
    (shown,) = tables["document_texts"]["text"]
    assert len(shown) == len(text)
    assert shown.count("\n") == text.count("\n")
    assert _found([shown, *tables["unread_lines"]["text"]], CONTACTS) == []
    evidence = tables["evidence"]
    spans = evidence.select("column_name", "char_start", "char_end").iter_rows()
    assert {name: shown[start:end] for name, start, end in spans} == {"brief_title": "A trial", "name": "Acme"}
    with_contacts = tabulate.tabulate([document], contacts=True, officials=True)
    assert with_contacts["document_texts"]["text"].to_list() == [text]


def test_a_responsible_party_that_is_a_person_goes_with_the_officials() -> None:
    """A person's name in another column would make the switch a promise only; the sponsor's name is nobody's."""
    for party, left in ((OFFICIAL, None), ("Acme", "Acme")):
        record = Record(trial=Trial(responsible_party=party), sponsors=[Sponsor("Acme", "LEAD")])
        record.officials = [Official(name=OFFICIAL)]
        document = tabulate.Extracted("d" * 64, "ctgov_api_v2", record, None, None, None, [])
        tables = tabulate.tabulate([document], contacts=True, officials=False)
        assert tables["trials"]["responsible_party"].to_list() == [left]
        assert "officials" not in tables


@pytest.mark.parametrize(
    "text",
    [
        "+1 (555) 010-7788",
        "555-010-7788",
        "(0)555 0107788",
        "+49 30 5550107788",
        "555.010.7788",
        "a.b+c@mail.example.org",
        "ä.ö@example.org",
    ],
)
def test_what_looks_like_an_address_is_masked(text: str) -> None:
    """A line that no rule read may be a contact's all the same."""
    masked = tabulate.masked(f"Ask {text}, please")
    assert masked == f"Ask {'█' * len(text)}, please"


@pytest.mark.parametrize("text", ["NCT00000001", "2020-01-02", "12 weeks", "1,000 mg", "18 - 65", "10 mg/kg/day"])
def test_what_is_no_address_is_not_masked(text: str) -> None:
    """Masking must not eat dates, doses and registry numbers."""
    assert tabulate.masked(f"About {text}, say") == f"About {text}, say"


def test_reasons_of_faults_quote_nothing() -> None:
    """An error's own words may be the document's: a telephone number that was no number."""
    try:
        int(PHONE)
    except ValueError as error:
        assert PHONE not in read.fault(error)
        assert "ValueError" in read.fault(error)


def test_the_documents_name_them(tmp_path: Path) -> None:
    """Documents without the persons would prove nothing."""
    _pages(tmp_path)
    assert all(_found([path.read_text(errors="replace")], CONTACTS) for path in tmp_path.iterdir())


def test_nothing_personal_is_logged(tmp_path: Path) -> None:
    """What the job writes into Dagster's storage and onto the terminal outlives every build."""
    _pages(tmp_path / "in")
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    environment = {**os.environ, "DAGSTER_HOME": str(home), "TRIALHOUSE_WAREHOUSE": str(tmp_path / "out" / "t.duckdb")}
    command = [str(Path(sys.executable).parent / "trialhouse"), "build", str(tmp_path / "in")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "quarantined" in done.stdout
    stored = [path for place in (home, tmp_path / "out") for path in place.rglob("*") if path.is_file()]
    assert len(stored) > 5
    told = [path.read_bytes().decode("utf-8", "replace") for path in stored if path.suffix != ".parquet"]
    assert _found([done.stdout, done.stderr, *told, *_archived(tmp_path / "out")], CONTACTS) == []
