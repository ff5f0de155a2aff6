"""The words of time frames: a scanner and its lexicon.

Here belongs what a single word or fixed phrase can be in a time frame (a number, a unit, an event, a preposition of
time) and the cutting of text into such tokens with their places. What tokens mean beside each other is
`timeframe_phrases` (times, events, intervals, cycles) and `timepoints` (rows).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from pipeline.normalize.quantities import FRACTION_SIGNS, FREQUENCY_WORDS, NUMBER_WORDS, ORDINAL_WORDS, UNIT_WORDS, fold


# Tokens come by the million: objects with slots are read in half the time of tuples with names.
@dataclass(slots=True, eq=False)
class Token:
    """A word, phrase or sign: its kind, what it is worth, and where it stands (half-open, in characters)."""

    kind: str
    value: Any
    start: int
    end: int


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


class _Entry(NamedTuple):
    """A phrase of the lexicon: the words behind its first, and the token it makes."""

    rest: tuple[str, ...]
    kind: str
    value: Any


def _lexicon() -> dict[str, tuple[_Entry, ...]]:
    """Return first word -> its phrases, the longest first."""
    found: dict[str, dict[tuple[str, ...], _Entry]] = {}

    def add(phrase: str, kind: str, value: object = None) -> None:
        first, *rest = phrase.split()
        entries = found.setdefault(first, {})
        entries.setdefault(tuple(rest), _Entry(tuple(rest), kind, value))

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


_LEXICON: Final = _lexicon()


def _by_second(entries: tuple[_Entry, ...]) -> tuple[dict[str, tuple[_Entry, ...]], tuple[_Entry, ...]]:
    """Return a word's phrases by their second words, with the word alone behind them, and the word alone."""
    alone = tuple(entry for entry in entries if not entry.rest)
    seconds = {entry.rest[0] for entry in entries if entry.rest}
    return {
        second: tuple(entry for entry in entries if not entry.rest or entry.rest[0] == second) for second in seconds
    }, alone


_PHRASES_BY_SECOND: Final = {word: _by_second(entries) for word, entries in _LEXICON.items()}

# Families of words too many to list.
_FAMILIES: Final = re.compile(
    r"(?P<PROCEDURE>\w+(?:ectom|plast|otom|ostom|scop|pex|centes|graph)(?:y|ies|is)|\w*transplant\w*)|(?P<treatment>\w+therap(?:y|ies))"
)
_GLUED: Final = re.compile(r"(minutes|hours|days|weeks|months|years)(\w{3,})")  # "12 weeksafter surgery"
_PREFIXES: Final = re.compile(r"(post|pre|peri|intra)(\w{2,})")

# --- Scanner ---------------------------------------------------------------------------------------------------------

_MONTHS: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}"
_YEAR: Final = r"(?:19[5-9]\d|20\d\d)"
_TIME_UNIT: Final = r"(?:days?|weeks?|wks?|months?|mos?|hours?|hrs?|h|d|min(?:ute)?s?|years?|yrs?)"

_TOLERANCE: Final = (
    r"(?:\+\ ?/?\ ?-|±|\+/-|-/\+)\ ?(?:\d{1,4}(?:\.\d)?\ ?-\ ?)?\d{1,4}(?:\.\d{1,3})?\ ?%?"
    rf"-?\ ?(?:calendar\ )?(?:{_TIME_UNIT}\b)?"
)

_SCANNER: Final = re.compile(
    rf"""(?=[^ ])(?:  # blanks are passed over
    (?P<tolerance>[(\[]\ ?{_TOLERANCE}\ ?[)\]]|{_TOLERANCE})
  | (?P<clock>\d{{1,2}}(?::\d\d){{1,2}}(?:\ ?[ap]\.?m\b\.?|h\b|hrs?\b)?|\d{{1,2}}\ ?(?:[ap]\.?m\b\.?|o'clock))
  | (?P<date>\d{{1,2}}(?:st|nd|rd|th)?(?:\ of)?[ /-]?{_MONTHS}[ ,./-]{{0,2}}(?:{_YEAR}|\d\d)\b
        |\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}\b
        |{_YEAR}(?:[/.-]\d{{1,2}}){{1,2}}\b
        |{_YEAR}\b(?!\ ?-?{_TIME_UNIT}\b)
        |{_MONTHS}[ ,./-]{{0,2}}(?:\d{{1,2}}(?:st|nd|rd|th)?[ ,./-]{{1,2}})?{_YEAR}\b)
  | (?P<plural>\(s\))
  | (?P<cycle_day>c(\d{{1,2}})[ -]?d(-?\d{{1,3}})\b)
  | (?P<number>(?:\d{{1,7}}(?:\.\d{{1,6}})?|\.\d{{1,6}})(?![\d%]))(?P<ordinal>(?:st|nd|rd|th|er|eme)\b)?
  | (?P<word>[^\W\d_]+(?:'s\b)?)
  | (?P<other>\d[\d.]*%?|.))
    """,
    re.VERBOSE | re.DOTALL,
)
_ACROSS_BLANKS: Final = re.compile(
    rf"[+±]|c\d|19[5-9]\d|20\d\d|(?<![^\W\d_])(?:st|nd|rd|th)?{_MONTHS}|(?<![^\W\d_])(?:[ap]\.?m\b|o'clock)"
)
"""What may be part of a tolerance, a clock time, a date or a day of a cycle that is written with blanks."""
_SIGNS: Final[dict[str, str]] = {
    ",": COMMA,
    ";": STOP,
    ".": STOP,
    "/": SLASH,
    "-": DASH,
    "&": AND,
    "+": AND,
    "(": OPEN,
    "[": OPEN,
    "{": OPEN,
    ")": CLOSE,
    "]": CLOSE,
    "}": CLOSE,
    ":": COLON,
    "<": UP_TO,
    "≤": UP_TO,
    "=": IS,
    "~": HEDGE,
    "≈": HEDGE,
    "±": HEDGE,
    "|": STOP,
    "•": STOP,
    "→": TO,
    "…": NOISE,
    '"': NOISE,
    "'": NOISE,
    "*": NOISE,
    "_": NOISE,
    "?": NOISE,
    "!": STOP,
    "#": NOISE,
    ">": NOISE,
    "≥": NOISE,
    "\\": NOISE,
}


def scan(text: str) -> list[Token]:
    """Return the tokens of `text` in order, without what says nothing about time; tolerances and clock times are such.

    Linear in the length of `text`, and total: any string has tokens.
    """
    raw = _raw(fold(text))
    tokens: list[Token] = []
    position, count = 0, len(raw)
    while position < count:
        group, word, start, end, sense = raw[position]
        position += 1
        if sense is not None:
            kind, value = sense
            if kind is not NOISE:
                tokens.append(Token(kind, value, start, end))
        elif group == "word":
            position = _word(raw, position, tokens)
        elif group == "number":  # and the word that makes a name of it
            position += 1
            tokens.append(Token(WORD, None, start, raw[position - 1][3]))
        elif group == "other":
            _sign(text, word, start, tokens, raw[position][1] if position < count else "")
        elif group == "tolerance":
            _tolerance(word, end, tokens)
        elif group == "cycle_day":
            cycle, day = re.findall(r"-?\d+", word.replace(" ", "").replace("-d", "d"))
            tokens.append(Token(CYCLE, (float(cycle), float(day)), start, end))
    return tokens


# --- Words as they are cut -------------------------------------------------------------------------------------------

_Sense = tuple[str, Any]
_Raw = tuple[str, str, int, int, _Sense | None]
"""A word as it is cut: its group of the scanner, itself, its place, and the kind and value of its token where these
are the same whatever stands around it."""


def _raw(folded: str) -> list[_Raw]:
    """Return the words of a folded text."""
    raw: list[_Raw] = []
    at = 0
    for piece in folded.split(" "):
        words = _piece(piece)
        if words is None:
            return _cut(folded)
        for group, word, start, end, sense in words:
            raw.append((group, word, at + start, at + end, sense))
        at += len(piece) + 1
    return raw


@lru_cache(maxsize=1 << 13)
def _piece(piece: str) -> list[_Raw] | None:
    """Return the words of what stands between blanks; None where one may go on behind a blank.

    Most time frames are made of the same few pieces ("weeks,", "12"), so that few pieces are ever cut.
    """
    return None if len(piece) > _LONGEST_PIECE or _ACROSS_BLANKS.search(piece) else _cut(piece)


def _cut(folded: str) -> list[_Raw]:
    """Return the words of a folded text, or of a piece of one."""
    raw: list[_Raw] = [(m.lastgroup or "", m[0], *m.span(), None) for m in _SCANNER.finditer(folded)]
    for position, (group, word, start, end, _) in enumerate(raw):
        following = raw[position + 1] if position + 1 < len(raw) and raw[position + 1][2] == end else None
        sense: _Sense | None = None
        if group == "word":
            sense = _sense(word, following)
        elif group == "number":
            if following is None or not _is_code(raw, position + 1):
                sense = NUMBER, float(word)
        elif group == "ordinal":
            sense = ORDINAL, float(word.rstrip("sthndrmeé"))
        elif group == "other":
            before = folded[start - 1 : start]
            if word == ".":
                sense = None if following is None else _SILENT
            elif word != "-" or following is None or not (before.isalpha() and following[1][0].isalpha()):
                sense = _SIGNS.get(word, WORD), word
        elif group == "date":
            sense = DATE, None
        elif group != "tolerance" and group != "cycle_day":
            sense = _SILENT
        raw[position] = (group, word, start, end, sense)
    return raw


def _sense(word: str, following: _Raw | None) -> _Sense | None:
    """Return what a word is, whatever stands around it but for what is written onto it; None where that decides."""
    entries = _LEXICON.get(word)
    if entries is None:
        if family := _FAMILIES.fullmatch(word):
            return EVENT, family.lastgroup
        alone = following is None and word not in _DAYS_SINCE
        return (WORD, None) if alone and not _PREFIXES.fullmatch(word) and not _GLUED.fullmatch(word) else None
    if len(entries) > 1 or entries[0].rest or len(word) == 1 or word in _BY_CONTEXT:
        return None
    kind, value = entries[0].kind, entries[0].value
    return kind, word if kind is UNTIL else value


_LONGEST_PIECE: Final = 32
_SILENT: Final = (NOISE, None)


def _tolerance(words: str, end: int, tokens: list[Token]) -> None:
    """Keep the unit of "24 ± 4 hours", which is the number's too; else a tolerance says nothing."""
    unit = _LAST_WORD.search(words)
    bare = tokens and tokens[-1].kind is NUMBER and (len(tokens) < 2 or tokens[-2].kind is not UNIT)
    if unit and bare and words[0] not in "([":
        tokens.append(Token(UNIT, UNIT_WORDS[unit[1]], end - len(unit[0]), end))


_LAST_WORD: Final = re.compile(r"([a-z]+) ?$")


def _word(raw: list[_Raw], following: int, tokens: list[Token]) -> int:
    """Append the tokens of the word before `following` and return where to go on."""
    _, word, start, end, _ = raw[following - 1]
    entries = _LEXICON.get(word)
    after = raw[following] if following < len(raw) else None
    if word in _STAYS and after and after[1] in _DAY_WORDS:
        _day_since("ADMISSION", start, after[3], tokens)
        return following + 1
    if word == "day" and [part[1] for part in raw[following : following + 2]] == ["of", "life"]:
        counted = raw[following + 2 : following + 3]
        if counted and counted[0][0] == "number":
            _day_since("BIRTH", start, raw[following + 1][3], tokens)
            return following + 2  # "day of life 3"
    if word in _LOOKING_BACK and after and _counts(after) and (not tokens or tokens[-1].kind is not UNIT):
        tokens.append(Token(LAST, None, start, end))
        return following
    if entries:
        for entry in _candidates(word, raw, following):
            reached = following if not entry.rest else _phrase_end(raw, following, entry.rest)
            if reached < 0:
                continue
            kind, value = entry.kind, entry.value
            end = raw[reached - 1][3]
            previous = tokens[-1].kind if tokens else ""
            if kind is NOISE:
                if word == "s" and previous is NUMBER:
                    tokens.append(Token(UNIT, "SECOND", start, end))
                if (word == "a" or word == "an") and after and _LEXICON.get(after[1], _NOTHING)[-1].kind is UNIT:
                    tokens.append(Token(NUMBER, 1.0, start, end))
                return reached
            if kind is UNIT and len(word) == 1:
                near = _numbered(raw, following, end, signed=previous is not WORD) or (
                    previous in _NUMBERS and word != "j"
                )
                if not near:
                    kind = WORD
            elif kind is ORDINAL and word == "second" and previous is NUMBER:
                kind, value = UNIT, "SECOND"
            tokens.append(Token(kind, word if kind is UNTIL else value, start, end))
            return reached
    elif word in _DAYS_SINCE and after and (after[0] == "number" or after[1] in "#-"):
        _day_since(_DAYS_SINCE[word], start, end, tokens)
        return following + (after[1] == "-")  # of "POD-1" the hyphen is no sign
    elif family := _FAMILIES.fullmatch(word):
        tokens.append(Token(EVENT, family.lastgroup, start, end))
        return following
    elif prefixed := _PREFIXES.fullmatch(word):
        stem = _LEXICON.get(prefixed[2], _NOTHING)[-1]
        if stem.kind is EVENT and not stem.rest:
            split = start + len(prefixed[1])
            relation = {"post": AFTER, "pre": BEFORE}.get(prefixed[1], DURING)
            tokens.append(Token(relation, None, start, split))
            tokens.append(Token(EVENT, stem.value, split, end))
            return following
    elif tokens and tokens[-1].kind in _NUMBERS and (glued := _GLUED.fullmatch(word)):
        split = start + len(glued[1])
        tokens.append(Token(UNIT, UNIT_WORDS[glued[1]], start, split))
        raw[following - 1] = ("word", glued[2], split, end, None)
        return following - 1
    # Letters and digits in one are a name ("T0", "IL-6"), and its digits are no number.
    if after and after[2] == end and len(word) <= 6:
        if after[1] == "-" and following + 1 < len(raw) and raw[following + 1][2] == after[3]:
            after, following = raw[following + 1], following + 1
        if after[0] == "number":
            following, end = following + 1, after[3]
    tokens.append(Token(WORD, None, start, end))
    return following


# "POD 3", "DOL 7": the days of a calendar that an event begins; so do "hospital day 2" and "the first ICU day".
_DAYS_SINCE: Final = {"pod": "PROCEDURE", "pods": "PROCEDURE", "dol": "BIRTH", "pnd": "BIRTH"}
_STAYS: Final = frozenset(("hospital", "icu", "inpatient", "hospitalization", "hospitalisation"))
_DAY_WORDS: Final = frozenset(("day", "days"))


_LOOKING_BACK: Final = frozenset(("past", "previous", "preceding"))  # "the past 7 days", not "30 days past surgery"


def _counts(raw: _Raw) -> bool:
    return raw[0] == "number" or raw[1] in NUMBER_WORDS


def _day_since(anchor: str, start: int, end: int, tokens: list[Token]) -> None:
    tokens += (Token(AFTER, None, start, end), Token(EVENT, anchor, start, end), Token(UNIT, "DAY", start, end))


def _numbered(raw: list[_Raw], following: int, end: int, *, signed: bool) -> bool:
    """Return whether a number is written onto the letter that ends at `end`: "D1", "D-1", "W+2"."""
    after = raw[following] if following < len(raw) else None
    if signed and after is not None and after[1] in ("-", "+") and after[2] == end and following + 1 < len(raw):
        end, after = after[3], raw[following + 1]
    return after is not None and after[0] in _NUMBERS and after[2] == end


_NUMBERS: Final = frozenset((NUMBER, ORDINAL))
_BY_CONTEXT: Final = _STAYS | _LOOKING_BACK | {"an", "second"}
_NOTHING: Final = (_Entry((), WORD, None),)


def _candidates(word: str, raw: list[_Raw], following: int) -> tuple[_Entry, ...]:
    """Return the phrases that may begin with `word`, by the word behind it, the longest first."""
    longer, alone = _PHRASES_BY_SECOND[word]
    if longer and following < len(raw):
        behind = raw[following][1]
        if behind in "-/.'" and following + 1 < len(raw):
            behind = raw[following + 1][1]
        return longer.get(behind, alone)
    return alone


def _phrase_end(raw: list[_Raw], position: int, rest: tuple[str, ...]) -> int:
    """Return where the words `rest` end that begin at `position`, hyphens and slashes between them aside, or -1."""
    count = len(raw)
    for word in rest:
        if position < count and raw[position][1] in "-/.'":
            position += 1
        if position >= count or raw[position][1] != word:
            return -1
        position += 1
    return position


def _is_code(raw: list[_Raw], position: int) -> bool:
    """Return whether the word at `position`, written onto a number, makes a name of both ("18F", "90Y-x", "4x10")."""
    group, word, _, end, _ = raw[position]
    if group != "word":
        return False
    entries = _LEXICON.get(word)
    if not entries:
        return not (_PREFIXES.fullmatch(word) or len(word) > 3)
    if entries[-1].kind is UNIT and len(word) == 1 and position + 2 < len(raw):
        dash, behind = raw[position + 1], raw[position + 2]
        return dash[1] == "-" and dash[2] == end and behind[0] == "word" and behind[2] == dash[3]
    return False


def _sign(text: str, sign: str, start: int, tokens: list[Token], following: str) -> None:
    """Append the token of a sign, if it says something; `following` is the word behind it."""
    kind = _SIGNS.get(sign, WORD)
    end = start + len(sign)
    if sign == ".":
        behind = text[end : end + 2].lstrip()
        if behind and not (text[end].isspace() and behind[0].isupper()):
            return
    elif sign == "-":
        before, behind = text[start - 1 : start], text[end : end + 1]
        if before.isalpha() and behind.isalpha():
            kind_behind = _LEXICON.get(following, _NOTHING)[-1].kind
            if (
                not tokens or tokens[-1].kind is not EVENT or kind_behind not in (UNIT, START, END)
            ):  # "baseline-week 4", not "post-dose"
                return
    if kind is not NOISE:
        tokens.append(Token(kind, sign, start, end))
