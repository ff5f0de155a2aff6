"""The lexicon of time frames: what a single word or fixed phrase can be.

Here belongs data: the kinds of tokens, and the words and phrases of each kind (units, small words, events, edges). How
text is cut into them is `timeframe_words`; what they mean beside each other is the business of the modules after it.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from pipeline.normalize.quantities import FRACTION_SIGNS, FREQUENCY_WORDS, NUMBER_WORDS, ORDINAL_WORDS, UNIT_WORDS

# --- Kinds -----------------------------------------------------------------------------------------------------------

NUMBER: Final = "number"  # value: float
ORDINAL: Final = "ordinal"  # value: float
UNIT: Final = "unit"  # value: a key of quantities.DAYS
FREQUENCY: Final = "frequency"  # value: (value, unit)
TIMES: Final = "times"  # value: how often, or None for the word "times"
EVERY: Final = "every"
EVENT: Final = "event"  # value: an anchor, or a class of events that needs its edge and relation to become one
HAPPENED: Final = "happened"  # the same as a participle: "enrolled"
START: Final = "start"  # "start of", "initiation"
END: Final = "end"  # "end of", "completion"
ENTRY: Final = "entry"
LAST: Final = "last"
PERIOD: Final = "period"  # "period", "phase", "duration"
CYCLE: Final = "cycle"  # value: None, or (cycle, day) for "c1d8"
LABEL: Final = "label"  # "visit 3", "part 1": words that own the number behind them
DATE: Final = "date"  # a calendar date
AFTER: Final = "after"
BEFORE: Final = "before"
AT: Final = "at"
MOMENT: Final = "moment"  # "the time of"
OF: Final = "of"
FROM: Final = "from"
BETWEEN: Final = "between"
TO: Final = "to"
UNTIL: Final = "until"
UP_TO: Final = "up to"
WITHIN: Final = "within"
FOR: Final = "for"
DURING: Final = "during"
HEDGE: Final = "hedge"
AVERAGE: Final = "average"  # a hedge that also makes a number estimate the event before it
LATER: Final = "later"  # "or later": an open end
THEN: Final = "then"
CHANGE: Final = "change"
WHICHEVER: Final = "whichever"
MID: Final = "mid"
IS: Final = "is"
AND: Final = "and"
OR: Final = "or"
COMMA: Final = "comma"
SLASH: Final = "slash"
DASH: Final = "dash"
OPEN: Final = "open"
CLOSE: Final = "close"
COLON: Final = "colon"
STOP: Final = "stop"  # a sentence ends, or a semicolon
NOISE: Final = "noise"  # says nothing about time; left out
WORD: Final = "word"  # not known here

# --- Lexicon ---------------------------------------------------------------------------------------------------------

# Classes of events that are no anchors yet: their edge ("end of") or relation ("after") decides.
TREATMENT: Final = "treatment"
STUDY: Final = "study"
STAY: Final = "stay"
STAYING: Final = "staying"  # the whole of a stay, even where no "during" is said
FOLLOW_UP: Final = "follow-up"
AGE: Final = "age"  # counted from birth, with or without an "of": "2 years of age", "age 2 years"
GESTATION: Final = "gestation"  # the same, counted from what the list of anchors lacks
INFUSION: Final = "infusion"  # a DOSE that takes time: its start and end are still the DOSE

_EVENTS: Final[dict[str, str]] = {
    "BASELINE": "baseline / baselines / base line / basal / basally / bl",
    "SCREENING": "screening / screen / prescreening",
    "CONSENT": "consent / informed consent / consenting / icf",
    "ENROLLMENT": """
        enrollment / enrolment / enrolled / enrollement / inclusion / registration / registered / accession /
        accrual / recruitment / enrolling / included / into group / into the group / entering the group
    """,
    "RANDOMIZATION": "randomization / randomisation / randomized / randomised / randomize / randomizing / randomizaton",
    "DIAGNOSIS": "diagnosis / diagnosed",
    "ADMISSION": """
        admission / hospital admission / admitted / hospital entry / icu admission / admission to icu / admission to
        the icu / admission to hospital / admission to the hospital / admission to intensive care / admission to the
        intensive care unit / hospital arrival
    """,
    "DISCHARGE": "discharge / hospital discharge / discharged / dc / hospital release",
    "BIRTH": "birth / delivery / partum / natal / life / born / parturition / childbirth / puerperium / newborn",
    AGE: "age / ages / corrected age / chronological age / adjusted age / postnatal age / old",
    GESTATION: """
        gestation / gestational age / pregnancy / postmenstrual age / post menstrual age / postconceptional age / pma
    """,
    "PROGRESSION": "progression / disease progression / progressive disease / pd / progressed / progress of disease",
    "RELAPSE": "relapse / recurrence / relapsed / relapses / recurrences / recurrent disease",
    "DEATH": "death / deaths / died / die",
    "DOSE": """
        dose / doses / dosing / dosed / injection / injections / vaccination / vaccinations / vaccine /
        administration / administrations / immunization / immunisation / intake / ingestion / adminstration /
        inoculation / instillation / bolus / dosage / administered / immunizations / vaccinated / booster / injected
        / inhalation / drug intake / drug administration / booster dose
    """,
    INFUSION: "infusion / infusions / eoi / infused / transfusion / reinfusion",
    "PROCEDURE": """
        surgery / surgeries / operation / operations / operative / operatively / op / ops / surgical / surgically /
        transplant / transplantation / transplantations / implantation / implant / intubation / extubation /
        catheter / catheterization / catheterisation / procedure / procedures / procedural / scan / scans / mri / ct
        / biopsy / resection / amputation / cesarean / caesarean / pci / cabg / anesthesia / anaesthesia / insertion
        / placement / ablation / puncture / incision / stenting / graft / grafting / bypass / bmt / asct /
        hct / hsct / sct / embryo transfer / oocyte retrieval / embolization / revascularization /
        radiosurgery / arthrodesis / line change / extraction / tooth extraction /
        hysterectomy / excision / repair / reconstruction / cardioversion /
        angiogram / colonoscopy / allograft / bone marrow transplant / abortion / restoration / pet / denervation /
        bronchoscopy / cannulation / decannulation / skin closure / wound closure
    """,
    TREATMENT: """
        treatment / treatments / therapy / therapies / intervention / interventions / chemotherapy / radiotherapy /
        chemoradiation / immunotherapy / radiation / rehabilitation / training / exercise / program / programme /
        medication / medications / drug / regimen / chemoradiotherapy / chemo / rt / treated / interventional /
        therapeutic / tx / supplementation / treating / prophylaxis / product / study drug / study medication /
        investigational product / imp / exercises / trainings / physiotherapy / retreatment / bnct /
        antibiotic / antibiotics / dialysis / hemodialysis / haemodialysis / anticoagulation / study agent /
        investigational agent / study medicine / sbrt / sabr / imrt / crt / ccrt / wbrt / ebrt / prrt / haart / rtms /
        tms / tdcs / cbt / ect
    """,
    STUDY: "study / trial / protocol / research / experiment / studies / project",
    STAY: """
        hospitalization / hospitalisation / inpatient admission / hospitalized / hospitalised / inpatient
        hospitalization / icu
    """,
    STAYING: """
        hospital stay / stay / icu stay / inpatient stay / intensive care unit stay / in hospital / inhospital / in
        hospital stay
    """,
    FOLLOW_UP: """
        follow up / follow ups / followup / followups / fu / observation period / observation time / observational
        period / surveillance / f u / following up
    """,
    "VISIT": """
        visit / visits / appointment / appointments / call / calls / phone call / phone calls / telephone call /
        telephone calls / follow up assessment / follow up assessments / follow up evaluation / follow up evaluations /
        follow up examination / follow up interview / follow up questionnaire / follow up survey
    """,
    "TREATMENT_END": "eot",
    "STUDY_COMPLETION": """
        eos / lplv / lslv / study closing date / closing date / study closure / study close / trial closure
    """,
    "STUDY_START": "study start / trial start",
    "OTHER": """
        arrival / awakening / waking / menarche / weaning / response / remission / ovulation / menopause / data
        cutoff / data cut off / cutoff / cut off / metastasis / metastases / conception / menses /
        early termination / early discontinuation
        / premature discontinuation / early withdrawal / premature termination / test of cure / toc
    """,
}

# "Biweekly" can mean two things; in trials a visit every two weeks.
_SPLIT_FREQUENCIES: Final[dict[str, tuple[float, str]]] = {
    "biweekly": (2.0, "WEEK"),
    "bi weekly": (2.0, "WEEK"),
    "bi monthly": (2.0, "MONTH"),
    "biannually": (6.0, "MONTH"),
    "bi annually": (6.0, "MONTH"),
    "semiannually": (6.0, "MONTH"),
    "semi annually": (6.0, "MONTH"),
    "half yearly": (6.0, "MONTH"),
    "twice yearly": (6.0, "MONTH"),
    "alternate days": (2.0, "DAY"),
    "every fortnight": (2.0, "WEEK"),
    "qd": (1.0, "DAY"),
    "q d": (1.0, "DAY"),
    "bid": (0.5, "DAY"),
    "b i d": (0.5, "DAY"),
    "tid": (1 / 3, "DAY"),
    "t i d": (1 / 3, "DAY"),
    "qid": (0.25, "DAY"),
    "q i d": (0.25, "DAY"),
}

_PHRASES: Final[dict[str, str]] = {
    EVERY: "every / each / per / q / once every / every single",
    START: """
        start / starting / started / starts / beginning / begin / begins / began / onset / commencement / commencing
        / beggining
    """,
    END: """
        end / ends / ended / ending / completion / completing / completed / complete / completes / conclusion /
        finish / finishing / finished / termination / discontinuation / discontinuing / discontinued / cessation /
        stopping / stop / withdrawal / removal / off / terminated / completition / close / closure / exit
    """,
    ENTRY: "entry / entering / entered / entrance",
    LAST: "last / final",
    PERIOD: "period / periods / phase / phases / duration / interval",
    CYCLE: "cycle / cycles / course / courses",
    LABEL: """
        num / number / version / part / arm / cohort / group / grade / type / stage / step / session / sessions /
        timepoint / time point / phase / period / day time
    """,
    AFTER: "after / post / following / since / past / subsequent to / afterward",
    BEFORE: "before / pre / prior to / prior / preceding / ahead of / previous to / until before",
    AT: "at / on / in / upon / by / as of",
    MOMENT: """
        morning of / evening of / night of / day of / date of / time of / moment of / timing of / dates of / times
        of
    """,
    OF: "of",
    FROM: """
        from / starting from / starting at / starting on / beginning at / beginning on / beginning from / starting
        with / time from / relative to
    """,
    BETWEEN: "between",
    TO: "to",
    UNTIL: """
        until / til / till / through / thru / time to / up until / up till / up through / untill / time until /
        through to / through until
    """,
    UP_TO: """
        up to / upto / up to a maximum of / a maximum of / maximum of / maximum / max / at most / no more than / not
        more than / maximally / up to a max of / less than / up too / not exceeding / not to exceed / up to a total
        of / longest
    """,
    WITHIN: "within / no later than / in the first / not later than / inside",
    FOR: "for / for a total of / for a maximum of / for up to / for at least / lasting",
    DURING: """
        during / throughout / over / for the duration of / duration of / length of / through the duration of / over
        the course of / during the course of / throughout the course of / throughout the duration of / for the
        length of / intra / for the entire / entire / whole / peri / over a period of / for a period of / during a
        period of / over course of / within a period of / at any time during / a period of / average duration of /
        total duration of / all through / while on / while / whilst / the course of
    """,
    HEDGE: """
        about / expected to be / estimated to be / anticipated to be /
        approximately / approx / around / circa / ca / expected / estimated / anticipated / roughly /
        approximatively / appx / aproximately / approximate / almost / nearly
    """,
    AVERAGE: """
        an average of / average of / average / averaging / mean of / mean / median of / median / a median of / a
        mean of / on average / at an average of / up to an average of / with an average of / an expected average of
        / an estimated average of / averagely / expected average of / at average of / avg / typically / usually / an
        anticipated average of
    """,
    LATER: """
        or later / and later / or more / onwards / onward / and beyond / and above / or longer / and over / or
        beyond / beyond
    """,
    THEN: "then / followed by / subsequently / and then / next",
    CHANGE: """
        change / changes / changed / difference / differences / improvement / comparison / change in / compared /
        delta
    """,
    WHICHEVER: "whichever / which ever / whatever",
    MID: """
        mid / middle / midway / midpoint / mid point / midway through / mid way through / halfway through / half way
        through / halfway
    """,
    IS: """
        is / are / being / equals / equal to / was / length is / length was / consists of / will be / lasts / length
        / has
    """,
    AND: "and / as well as / also / et",
    OR: "or / and or / either",
    NOISE: """
        the / its / his / her / their / this / that / these / those / respectively / immediately / directly / just /
        shortly / exactly / both / assessed / measured / evaluated / collected / performed / conducted / recorded /
        obtained / monitored / reported / time / date / dates / total / timeframe / time frame / a / an / time
        points / due to / according to / compared to / compared with / related to / in order to / in addition to /
        daily living / daily life / daily activities / timepoints / moment / point / s / at least / a
        minimum of / minimum of / minimum / i e / e g / were / it / be / been / soon / right / full / assessment /
        assessments / measurement / measurements / evaluation / evaluations / overall / consecutive / complete /
        actual / calendar / any time / at any time / scheduled / planned / point in / occurrence of / occurrence /
        over time / documented / documentation of / first documentation of / additional / further / quality of life /
        confirmed / examined / tested / ie / eg / anytime / duration / clinic
    """,
    TIMES: "times / time per / x / x per / times per",
    # Names that are no events, though they begin with the name of one, or with "post".
    WORD: """
        post anesthesia care / post anaesthesia care / postanesthesia care / postanaesthesia care / post anesthetic care
        / post anaesthetic care / post hoc / post marketing / postmarketing / treatment failure / therapy failure /
        graft failure / treatment response / dose limiting / dose escalation / dose expansion / injection site /
        surgical site / premedication
    """,
}


class Entry(NamedTuple):
    """A phrase of the lexicon: the words behind its first, and the token it makes."""

    rest: tuple[str, ...]
    kind: str
    value: Any


def _lexicon() -> dict[str, tuple[Entry, ...]]:
    """Return first word -> its phrases, the longest first."""
    found: dict[str, dict[tuple[str, ...], Entry]] = {}

    def add(phrase: str, kind: str, value: object = None) -> None:
        first, *rest = phrase.split()
        entries = found.setdefault(first, {})
        entries.setdefault(tuple(rest), Entry(tuple(rest), kind, value))

    for word, number in NUMBER_WORDS.items():
        if "-" not in word:
            add(word, NUMBER, number)
    for word, number in ORDINAL_WORDS.items():
        if "-" not in word:
            add(word, ORDINAL, number)
    for sign, number in FRACTION_SIGNS.items():
        add(sign, NUMBER, number)
    add("initial", ORDINAL, 1.0)
    add("later", LATER, "after")  # "1 month later"
    for word in ("thereafter", "afterwards"):
        add(word, THEN, "after")
    for word in ("other", "alternate", "alternating", "second"):
        add(f"every {word}", EVERY, 2.0)
        add(f"each {word}", EVERY, 2.0)
    for word, interval in _SPLIT_FREQUENCIES.items():
        add(word, FREQUENCY, interval)
    for word in ("morning", "evening", "night"):
        add(f"every {word}", FREQUENCY, (1.0, "DAY"))
        add(f"each {word}", FREQUENCY, (1.0, "DAY"))
    add("couple of", NUMBER, 2.0)
    for word in ("initiation", "initiating", "initiated", "initation"):
        add(word, START, TREATMENT)
    add("plus", AND, "+")
    add("minus", DASH, "-")
    add("intervals", PERIOD, "intervals")
    for word, unit in UNIT_WORDS.items():
        add(word, UNIT, unit)
    for word, interval in FREQUENCY_WORDS.items():
        add(word, FREQUENCY, interval)
    add("j", UNIT, "DAY")  # "J7", the seventh "jour"
    for word, times in (("once", 1.0), ("twice", 2.0), ("thrice", 3.0)):
        add(word, TIMES, times)
    for kind, phrases in _PHRASES.items():
        for phrase in " ".join(phrases.split()).split(" / "):
            add(phrase, kind)
    for anchor, phrases in _EVENTS.items():
        for phrase in " ".join(phrases.split()).split(" / "):
            add(phrase, HAPPENED if phrase.endswith("ed") else EVENT, anchor)
    return {
        first: tuple(sorted(entries.values(), key=lambda entry: -len(entry.rest))) for first, entries in found.items()
    }


LEXICON: Final = _lexicon()


def _by_second(entries: tuple[Entry, ...]) -> tuple[dict[str, tuple[Entry, ...]], tuple[Entry, ...]]:
    """Return a word's phrases by their second words, with the word alone behind them, and the word alone."""
    alone = tuple(entry for entry in entries if not entry.rest)
    seconds = {entry.rest[0] for entry in entries if entry.rest}
    return {
        second: tuple(entry for entry in entries if not entry.rest or entry.rest[0] == second) for second in seconds
    }, alone


PHRASES_BY_SECOND: Final = {word: _by_second(entries) for word, entries in LEXICON.items()}

# Families of words too many to list.
FAMILIES: Final = re.compile(
    r"(?P<PROCEDURE>\w+(?:ectom|plast|otom|ostom|scop|pex|centes|graph)(?:y|ies|is)|\w*transplant\w*)|(?P<treatment>\w+therap(?:y|ies))"
)
GLUED: Final = re.compile(r"(minutes|hours|days|weeks|months|years)(\w{3,})")  # "12 weeksafter surgery"
PREFIXES: Final = re.compile(r"(post|pre|peri|intra)(\w{2,})")
