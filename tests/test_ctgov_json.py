from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize.criteria import heading_kind
from pipeline.reading.read import identify
from pipeline.reading.records import ArmIntervention, Contact, Criterion, Identifier, MeshTerm, Record, Site, Sponsor
from pipeline.reading.sniff import Kind, sniff
from pipeline.reading.words import clean
from pipeline.registers import ctgov_json
from pipeline.registers.criteria import split_criteria
from pipeline.registers.errors import RegisterError
from pipeline.registers.links import link
from pipeline.registers.split import Limits, Piece, SplitError, split

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "raw" / "sample" / "ctgov_api_v2.json"
CORPUS = ROOT.parent / "shared" / "corpus"


def study(number: str = "NCT00000001", **modules: object) -> bytes:
    """A study with a number and whatever modules are given."""
    return json.dumps(
        {"protocolSection": {"identificationModule": {"nctId": number}, **modules}, "hasResults": False}
    ).encode()


def pieces(data: bytes, limits: Limits | None = None) -> list[Piece]:
    """The documents in a file of these bytes."""
    return list(split(io.BytesIO(data), limits or Limits()))


def corpus_studies() -> list[bytes]:
    """Every real study at hand."""
    if not CORPUS.is_dir():
        pytest.skip("the shared corpus is not here")
    files = [*(CORPUS / "ctgov_json").glob("*.json"), *(CORPUS / "ctgov_json" / "bulk").glob("*.json")]
    return [piece.data for file in sorted(files) for piece in pieces(file.read_bytes())]


# -- the reader -----------------------------------------------------------------------------------------------------


def test_the_sample_gives_every_table():
    """A module of the format that is read into the wrong field, or dropped, would go unnoticed."""
    record, unread = ctgov_json.read(SAMPLE.read_bytes())
    assert unread == []
    trial = record.trial
    assert (trial.study_type, trial.phases, trial.allocation, trial.masking) == (
        "INTERVENTIONAL",
        "PHASE1, PHASE2",
        "RANDOMIZED",
        "QUADRUPLE",
    )
    assert trial.who_masked == "PARTICIPANT, CARE_PROVIDER, INVESTIGATOR, OUTCOMES_ASSESSOR"
    assert (trial.enrollment, trial.enrollment_type) == ("15", "ACTUAL")
    assert (trial.start_date, trial.start_date_type) == ("2022-08-01", "ACTUAL")
    assert (trial.healthy_volunteers, trial.has_results, trial.is_fda_regulated_drug) == ("false", "false", "false")
    assert (trial.minimum_age, trial.maximum_age, trial.sex) == ("18 Years", "60 Years", "ALL")
    assert trial.responsible_party == "Lestari Wirawan, MD, Universitas Sebelas Maret"
    assert record.identifiers == [
        Identifier("NCT05921058", "PRIMARY", "CTGOV"),
        Identifier("NAP05", "SECONDARY", "SPONSOR"),
    ]
    assert record.sponsors == [Sponsor("Universitas Sebelas Maret", "LEAD", "OTHER")]
    assert [arm.label for arm in record.arms] == ["Secretome arm", "Placebo arm"]
    assert record.arm_interventions == [ArmIntervention(0, 0), ArmIntervention(1, 1)]
    assert record.interventions[0].other_names == ["Conditioned medium"]
    assert [(one.type, one.time_frame) for one in record.outcomes] == [("PRIMARY", "1 month")]
    assert record.sites == [
        Site(
            "Moewardi General Hospital",
            "Surakarta",
            "Middle Java",
            "57126",
            "Indonesia",
            None,
            None,
            -7.55611,
            110.83167,
        )
    ]
    assert record.contacts == [Contact("Lestari Wirawan", "CONTACT", "+00 000 000 ext 12", "trial@example.org", None)]
    assert [one.role for one in record.officials] == ["PRINCIPAL_INVESTIGATOR"]
    assert MeshTerm("CONDITION", "Lupus Erythematosus, Systemic", "D008180") in record.mesh_terms
    assert MeshTerm("CONDITION", "Autoimmune Diseases", "D001327", is_ancestor=True) in record.mesh_terms
    assert record.eligibility_criteria == [
        Criterion("Adults with lupus whose disease has been active for \\> 3 months", "INCLUSION"),
        Criterion("Pregnancy", "EXCLUSION"),
    ]


def test_a_study_that_says_nothing_says_nothing():
    """A default would be taken for the source's word: withheld studies carry a number and a status only."""
    record, unread = ctgov_json.read(b'{"protocolSection": {"statusModule": {"overallStatus": "WITHHELD"}}}')
    assert record.trial.overall_status == "WITHHELD"
    record.trial.overall_status = None
    assert (record, unread) == (Record(), [])


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("$.brandNewSection", ()),
        ("$.protocolSection.brandNewSection", ("protocolSection",)),
        ("$.protocolSection.designModule.brandNewSection", ("protocolSection", "designModule")),
        (
            "$.protocolSection.armsInterventionsModule.armGroups[].brandNewSection",
            ("protocolSection", "armsInterventionsModule", "armGroups", 0),
        ),
        (
            "$.protocolSection.contactsLocationsModule.locations[].geoPoint.brandNewSection",
            ("protocolSection", "contactsLocationsModule", "locations", 0, "geoPoint"),
        ),
        (
            "$.derivedSection.conditionBrowseModule.meshes[].brandNewSection",
            ("derivedSection", "conditionBrowseModule", "meshes", 0),
        ),
    ],
)
def test_a_new_field_is_reported_and_the_rest_is_read(path: str, where: tuple[str | int, ...]):
    """A register that adds a field must not go unnoticed, nor lose the study."""
    before = ctgov_json.read(SAMPLE.read_bytes())
    tree = json.loads(SAMPLE.read_bytes())
    node = tree
    for step in where:
        node = node[step]
    node["brandNewSection"] = {"anything": [1, None, "x"]}
    assert ctgov_json.read(json.dumps(tree).encode()) == before._replace(unread=[path])


def test_reviewed_paths_are_not_reported_and_have_reasons():
    """A path on the list that is read, or misspelt, would hide a field for ever."""
    reviewed = ctgov_json.paths_not_read()
    assert all(reviewed.values())
    assert "$.resultsSection" in reviewed
    assert "$.protocolSection.referencesModule.references[].retractions" in reviewed
    tree = json.loads(study())
    tree["resultsSection"] = {"anything": 1}
    tree["protocolSection"]["statusModule"] = {"lastKnownStatus": "RECRUITING"}
    assert ctgov_json.read(json.dumps(tree).encode()).unread == []


def test_oddities_of_redistributors_are_read_and_reported():
    """Real records carry `{}` for an empty list and bare text for a list of one: refusing them loses the study."""
    record, unread = ctgov_json.read(
        study(conditionsModule={"conditions": "Ascites", "keywords": {}}, designModule={"phases": "PHASE2"})
    )
    assert (record.conditions, record.keywords, record.trial.phases) == (["Ascites"], [], "PHASE2")
    assert unread == [
        "$.protocolSection.conditionsModule.conditions: a text where a list belongs",
        "$.protocolSection.conditionsModule.keywords: an empty object where a list belongs",
        "$.protocolSection.designModule.phases: a text where a list belongs",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            study(designModule={"enrollmentInfo": {"count": "many"}}),
            r"\$\.protocolSection\.designModule\.enrollmentInfo",
        ),
        (study(conditionsModule={"conditions": {"a": 1}}), r"\$\.protocolSection\.conditionsModule\.conditions"),
        (b'{"FullStudiesResponse": {}}', "retired version 1"),
        (b'{"id": 1}', r"\$\.protocolSection: missing"),
        (b"[1]", r"\$: expected an object"),
        (study()[:-9], "not readable as JSON"),
        (b"", "not readable as JSON"),
        (b'{"a":' * 100_000, "not readable as JSON"),
        (b'{"protocolSection": {"conditionsModule": {"conditions": ["\xff"]}}}', "not readable as JSON"),
    ],
)
def test_a_broken_shape_is_refused_with_its_place(data: bytes, words: str):
    """Without the path and the remedy, one bad study in half a million cannot be found or mended."""
    with pytest.raises(RegisterError, match=words):
        ctgov_json.read(data)


@pytest.mark.parametrize(
    ("number", "type_", "registry"),
    [
        ("2010-000000-00", "EUDRACT_NUMBER", "EUCTR"),
        ("2010-00000", "EUDRACT_NUMBER", "EUCTR"),
        ("2022-500000-00-00", "EUDRACT_NUMBER", "CTIS"),
        ("2022-500000-00-00", "OTHER", "CTIS"),
        ("DRKS00000000", "REGISTRY", "DRKS"),
        ("R01AA000000", "NIH", None),
        ("A-1", None, None),
    ],
)
def test_a_secondary_number_tells_its_registry_before_its_type_does(
    number: str, type_: str | None, registry: str | None
):
    """XML has no types, so the two formats would disagree."""
    named = {"nctId": "NCT00000001", "secondaryIdInfos": [{"id": number, "type": type_}]}
    found = ctgov_json.read(json.dumps({"protocolSection": {"identificationModule": named}}).encode()).record
    assert found.identifiers[1] == Identifier(number, "SECONDARY", registry)


def test_links_prefer_the_side_that_is_sure():
    """Two interventions of one name would each be linked to both arms."""
    links, unmatched = link(
        [("A", ["Drug: Placebo"]), ("B", ["Drug: Placebo", "Device: Gone"]), ("C", ["Dietary Supplement: Iron"])],
        [("DRUG", "Placebo", ["A"]), ("DRUG", "Placebo", ["B"]), ("DIETARY_SUPPLEMENT", "Iron", [])],
    )
    assert links == [ArmIntervention(0, 0), ArmIntervention(1, 1), ArmIntervention(2, 2)]
    assert unmatched == ["Device: Gone"]


def test_the_stamp_of_the_release_is_no_content():
    """Every night's download would count as changed."""
    first = study()[:-1] + b', "derivedSection": {"miscInfoModule": {"versionHolder": "2024-01-01"}}}'
    known = identify(first)
    assert known.content_id == identify(first.replace(b"2024-01-01", b"2024-01-02")).content_id
    assert known.content_id != identify(first.replace(b"NCT00000001", b"NCT00000002")).content_id
    assert known.document_id == hashlib.sha256(first).hexdigest()
    assert known.content_id == hashlib.sha256(first.replace(b'"versionHolder": "2024-01-01"', b"")).hexdigest()
    quoted = study(descriptionModule={"briefSummary": 'it says "versionHolder": "2024-01-01" there'})
    assert identify(quoted).content_id == identify(quoted).document_id


def test_every_path_of_the_corpus_is_known():
    """A field of real studies that is neither read nor reviewed nor a known oddity would be lost to the reader."""
    unread = [line for data in corpus_studies() for line in ctgov_json.read(data).unread]
    assert {line.partition(": ")[2] for line in unread} <= {
        "an empty object where a list belongs",
        "a text where a list belongs",
    }


@given(st.binary(max_size=60) | st.binary(max_size=40).map(lambda middle: b'{"protocolSection": {' + middle + b"}}"))
def test_any_bytes_are_read_or_refused(data: bytes):
    """An error of another type would stop the load of everything else."""
    try:
        ctgov_json.read(data)
    except RegisterError as error:
        assert str(error)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.data())
def test_any_value_in_any_place_is_read_or_refused(data: st.DataObject):
    """A value of an unforeseen type deep in a study would stop the load of everything else."""
    tree = json.loads(SAMPLE.read_bytes())
    node: object = tree
    while True:
        steps = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        step = data.draw(st.sampled_from(steps))
        if not isinstance(node[step], dict | list) or not node[step] or data.draw(st.booleans()):  # type: ignore[index]
            node[step] = data.draw(_JSON)  # type: ignore[index]
            break
        node = node[step]  # type: ignore[index]
    try:
        ctgov_json.read(json.dumps(tree).encode())
    except RegisterError as error:
        assert "$" in str(error) or "JSON" in str(error)


# -- criteria -------------------------------------------------------------------------------------------------------


def test_criteria_are_what_the_source_lists():
    """Headings, sentences about criteria and continued lines would become criteria of their own."""
    text = (
        "Inclusion Criteria:\n\n* Aged 18 or over\n* One of these:\n\n  1. fever above 38.5 °C\n  2. cough\n\n"
        "     lasting a week\n* Consent\n\nOther protocol-defined inclusion/exclusion criteria may apply\n\n"
        "Key Exclusion Criteria for Part B:\n\nAny of the following:\n\n1. Pregnancy\n"
        "2\\) Meets no inclusion criteria\n"
        "-5 °C storage is not listed"
    )
    assert [(one.kind, one.text) for one in split_criteria(text)] == [
        ("INCLUSION", "Aged 18 or over"),
        ("INCLUSION", "One of these:"),
        ("INCLUSION", "fever above 38.5 °C"),
        ("INCLUSION", "cough lasting a week"),
        ("INCLUSION", "Consent"),
        ("EXCLUSION", "Pregnancy"),
        ("EXCLUSION", "Meets no inclusion criteria -5 °C storage is not listed"),
    ]
    assert split_criteria("* Adults\n\n-\n\n* Consent") == [Criterion("Adults"), Criterion("Consent")]
    assert split_criteria("Adults who consent") == split_criteria(None) == []


def test_the_mark_between_two_lists_is_no_word():
    """Markdown keeps two lists apart by an empty comment, which would end up in the item above it."""
    (first, second) = split_criteria("* Both of these:\n\n  <!-- -->\n\n  1. fever \\<!-- --> cough\n")
    assert (clean(first.text), clean(second.text)) == ("Both of these:", "fever <!-- --> cough")


def test_a_headed_part_without_a_list_is_listed_by_its_paragraphs():
    """Old studies separate criteria by blank lines alone; those of the register would lack what its pages give."""
    text = (
        "For adults:\n\nInclusion Criteria:\n\nEither of these:\n\nAged 18 or over\n\nAble to read,\nand to consent\n\n"
        "Exclusion Criteria:\n\nNone\n\nExclusion Criteria for controls:\n\nPregnant. Asthmatic; or under 50 kg.\n\n"
        "Inclusion Criteria for controls:\n\nThose who meet\n\n* consent\n\nInclusion/Exclusion Criteria:\n\nAny"
    )
    assert [(one.kind, one.text) for one in split_criteria(text)] == [
        ("INCLUSION", "Aged 18 or over"),
        ("INCLUSION", "Able to read, and to consent"),
        ("INCLUSION", "consent"),
    ]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Inclusion / Exclusion Criteria:", "BOTH"),
        ("Inclusion and exclusion criteria", "BOTH"),
        ("Not inclusion criteria:", "EXCLUSION"),
        ("Key Non-Inclusion Criteria", "EXCLUSION"),
    ],
)
def test_headings_say_the_first_kind_that_they_name(words: str, kind: str):
    """The last word of a heading would turn criteria of unknown kind into exclusions."""
    assert heading_kind(words, listed=False) == heading_kind(words, listed=True) == kind


# -- splitting ------------------------------------------------------------------------------------------------------

STUDIES = [study(f"NCT{number:08}") for number in range(5)]
ARRAY = b"[" + b", ".join(STUDIES) + b"]"
PAGE = b'{"totalCount": 5, "studies": ' + ARRAY + b', "nextPageToken": "abc"}'
LINES = b"\n".join(STUDIES) + b"\n"


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("data", [ARRAY, PAGE, LINES, b"\xef\xbb\xbf" + ARRAY, LINES.replace(b"\n", b"\r\n\r\n")])
@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress, lambda data: zipped({"list.json": data})])
def test_every_container_gives_its_studies(data: bytes, pack):
    """A form of the register's downloads that is not taken apart would be quarantined whole."""
    got = pieces(pack(data))
    assert [piece.data for piece in got] == STUDIES
    assert [piece.name.removeprefix("list.json#") for piece in got] == ["0", "1", "2", "3", "4"]
    assert {(piece.kind, piece.problem) for piece in got} == {(Kind.JSON_OBJECT, None)}


def test_the_bulk_download_gives_a_study_a_member():
    """The member's name is the document's place; a name that leads out of the folder is only a name."""
    got = pieces(zipped({"NCT1.json": STUDIES[0], "../../x.xml": b"<clinical_study/>", "a/": b"", "b.htm": b"<html>"}))
    assert [(piece.name, piece.kind) for piece in got] == [
        ("NCT1.json", Kind.JSON_OBJECT),
        ("../../x.xml", Kind.XML_STUDY),
        ("b.htm", Kind.HTML),
    ]


@pytest.mark.parametrize("indent", [None, 2])
def test_one_study_is_one_document(indent: int | None):
    """A study printed over several lines would be taken for broken NDJSON."""
    data = json.dumps(json.loads(STUDIES[0]), indent=indent).encode()
    assert pieces(data) == [Piece("", data, Kind.JSON_OBJECT)]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \n"])
@pytest.mark.parametrize(
    "data",
    [ARRAY, b'{"totalCount": 3, "studies": %b}' % ARRAY, b"\r\n \r\n\t".join(STUDIES), b"\n".join([*STUDIES, b"{"])],
)
def test_a_document_stands_where_it_is_said_to(data: bytes, before: bytes):
    """A worker reads it there itself: it would read other bytes than were counted, or half of two studies."""
    whole = before + data
    found = pieces(whole)
    assert len(found) >= len(STUDIES)
    assert all(one.offset is not None and whole[one.offset :].startswith(one.data) for one in found)
    assert all(one.offset is None for one in pieces(gzip.compress(whole)))


@pytest.mark.parametrize("form", [b"%b", b'{"studies": %b}'])
@pytest.mark.parametrize(
    ("broken", "count"), [(STUDIES[1][:-2], 1), (STUDIES[1].replace(b'"nctId"', b'"nctId'), 1), (STUDIES[1] + b"}", 2)]
)
def test_a_broken_study_spoils_no_other(form: bytes, broken: bytes, count: int):
    """One missing bracket or quote would take the rest of a file of half a million studies with it."""
    got = pieces(form % ARRAY.replace(STUDIES[1], broken))
    sound = [piece.data for piece in got if piece.problem is None]
    assert [one for one in sound if one in STUDIES[:1] + STUDIES[2:]] == STUDIES[:1] + STUDIES[2:]
    assert len([piece for piece in got if piece.problem]) == 1
    assert len(got) == 4 + count
    assert all("byte" in piece.problem for piece in got if piece.problem)


def test_a_cut_file_says_where():
    """A download that broke off would pass for a whole one."""
    *whole, last = pieces(ARRAY[:-20])
    assert [piece.data for piece in whole] == STUDIES[:4]
    assert last.problem is not None
    assert str(ARRAY.index(STUDIES[4])) in last.problem
    assert last.data == STUDIES[4][:-19]
    *whole, last = pieces(ARRAY[:-1])
    assert [piece.data for piece in whole] == STUDIES
    assert "cut off" in (last.problem or "")


def test_bytes_behind_the_list_are_not_lost():
    """Two pages written into one file: the second would vanish without a word."""
    *whole, last = pieces(ARRAY + b"\n" + ARRAY)
    assert [piece.data for piece in whole] == STUDIES
    assert "behind the end" in (last.problem or "")


@pytest.mark.parametrize(
    ("data", "limits", "rule"),
    [
        (b'{ "FullStudiesResponse": {"FullStudies": []}}', Limits(), "retired_format"),
        (zipped({"a.json": STUDIES[0]})[:-30], Limits(), "broken_archive"),
        (gzip.compress(ARRAY, mtime=0)[:-20], Limits(), "broken_archive"),
        (gzip.compress(gzip.compress(ARRAY), mtime=0), Limits(), "nested_archive"),
        (zipped({"a.zip": zipped({"b.json": b"{}"})}), Limits(), "nested_archive"),
        (ARRAY, Limits(members=3), "too_many"),
        (zipped({"a": b"1", "b": b"2"}), Limits(members=1), "too_many"),
        (zipped({"a.json": b"x" * 2_000_000}), Limits(), "archive_bomb"),
        (gzip.compress(b"x" * 9_000_000, mtime=0), Limits(ratio=50), "archive_bomb"),
        (zipped({"a.json": STUDIES[0], "b.json": STUDIES[1]}), Limits(total_bytes=len(STUDIES[0])), "too_large"),
        (b"text " * 2_000_000, Limits(document_bytes=1 << 20), "too_large"),
    ],
)
def test_what_cannot_be_taken_apart_is_named(data: bytes, limits: Limits, rule: str):
    """A bomb, a cut archive or a retired format must stop with a reason, not fill the disk or pass in part."""
    with pytest.raises(SplitError) as refused:
        pieces(data, limits)
    assert refused.value.rule == rule


def test_a_damaged_member_takes_only_itself():
    """One bad checksum would lose the whole bulk download."""
    data = bytearray(zipped({"a.json": STUDIES[0], "b.json": STUDIES[1]}))
    data[data.index(b"a.json") + 10] ^= 0xFF
    first, second = pieces(bytes(data))
    assert first.problem is not None
    assert second.data == STUDIES[1]


@settings(max_examples=60)
@given(st.lists(st.dictionaries(st.text(max_size=5), _JSON, max_size=3), max_size=6), st.sampled_from([None, 1]))
def test_any_array_of_objects_is_split_as_json_says(items: list[dict[str, object]], indent: int | None):
    """Brackets and quotes inside texts would move the borders."""
    got = pieces(json.dumps(items, indent=indent, ensure_ascii=False).encode(errors="replace"))
    want = json.loads(json.dumps(items, ensure_ascii=False).encode(errors="replace"))
    assert [json.loads(piece.data) for piece in got] == want


@settings(max_examples=60)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"[{", b'{"studies": [{', b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"])
)
def test_any_file_is_split_or_refused(data: bytes, start: bytes):
    """An error of another type would stop the build for one bad file."""
    try:
        pieces(start + data)
    except SplitError as error:
        assert error.rule


def test_arrays_longer_than_a_chunk_are_split_at_any_border(monkeypatch: pytest.MonkeyPatch):
    """A border that falls between two reads would cut a study in two."""
    for size in (1, 7, 50, 119, 120, 121):
        monkeypatch.setattr("pipeline.registers.split._CHUNK", size)
        monkeypatch.setattr("pipeline.registers.split.HEAD", max(size, 40))
        for data in (ARRAY, PAGE, LINES):
            assert [piece.data for piece in pieces(data)] == STUDIES


# -- what bytes are -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Kind.EMPTY),
        (b" \r\n\xef\xbb\xbf"[:3], Kind.EMPTY),
        (b'{"a": 1}', Kind.JSON_OBJECT),
        (b'{\n  "a": {\n}}', Kind.JSON_OBJECT),
        (b'{"a": 1}\r\n\n{"a": 2}', Kind.NDJSON),
        (b"[{}]", Kind.JSON_ARRAY),
        (b"[cut here]", Kind.TEXT),
        (b"{braces} in a text", Kind.TEXT),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<clinical_study rank='1'>", Kind.XML_STUDY),
        (b"\xef\xbb\xbf<clinical_study>", Kind.XML_STUDY),
        ("<?xml version='1.0' encoding='utf-16'?><clinical_study/>".encode("utf-16"), Kind.XML_STUDY),
        (b"<!DOCTYPE clinical_study [<!ENTITY a 'b'>]><clinical_study/>", Kind.XML_STUDY),
        (b"<rss><channel/></rss>", Kind.XML),
        (b"<!doctype html><p>", Kind.HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", Kind.HTML),
        (b"\n<div class='a'>x</div>", Kind.HTML),
        (b"HTTP header\n\n<html><body>", Kind.HTML),
        (b"< 5 years of age", Kind.TEXT),
        ("Überschrift".encode("latin-1"), Kind.TEXT),
        ("Überschrift".encode("utf-16"), Kind.TEXT),
        (b"PK\x03\x04abc", Kind.ZIP),
        (b"\x1f\x8b\x08", Kind.GZIP),
        (b"%PDF-1.7", Kind.BINARY),
        (b"\x89PNG\r\n\x1a\n\x00", Kind.BINARY),
    ],
)
def test_kinds_are_told_from_content(data: bytes, kind: Kind):
    """A wrong kind sends a document to a reader that must refuse it."""
    assert sniff(data) is kind


@given(st.binary(max_size=80))
def test_any_bytes_have_a_kind(data: bytes):
    """Sniffing runs on every file, whatever it is."""
    assert sniff(data) in Kind
