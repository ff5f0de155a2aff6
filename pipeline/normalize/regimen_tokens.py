"""The words of a regimen, each with its class: the first of the three steps of `regimens`.

Here belongs the vocabulary: units of doses, routes, frequencies, the nouns and verbs of giving, and the words that never
name an agent. A text becomes a *shape*, one letter a word, so that the grammar of `regimen_facts` is a table of patterns over
letters. What a sequence of words means does not belong here.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from pipeline.normalize.quantities import FREQUENCY_WORDS, NUMBER_WORDS, TIMES_WORDS, UNIT_WORDS, fold, number

# --- Units of doses --------------------------------------------------------------------------------------------------

_UNITS: Final[dict[str, str]] = {
    "mg": r"mgs?|mgm|milligrams?|milligrammes?",
    "g": r"g|gms?|grams?|grammes?",
    "ug": r"[µu]g|mcgs?|micro-?grams?|microgrammes?",
    "ng": r"ng|nanograms?",
    "mL": r"mls?|cc|milli-?lit(?:er|re)s?",
    "uL": r"[µu]l|micro-?lit(?:er|re)s?",
    "L": r"l|lit(?:er|re)s?",
    "IU": r"i\.?u\.?|international units?",
    "U": r"u|units?",
    "mmol": r"mmols?|millimoles?",
    "umol": r"[µu]mol|micromoles?",
    "nmol": r"nmol|nanomoles?",
    "mEq": r"meq",
    "cGy": r"cgy|centigrays?",
    "Gy": r"gy|grays?",
    "uCi": r"[µu]ci",
    "mCi": r"mci",
    "GBq": r"gbq",
    "MBq": r"mbq",
    "kBq": r"kbq",
    "CFU": r"cfus?|colony[- ]forming units?",
    "PFU": r"pfus?|plaque[- ]forming units?",
    "vg": r"vgs?|vector genomes?|viral genomes?",
    "cells": r"cells?",
    "%": r"%|percent",
}
PIECES: Final[dict[str, str]] = {
    word: unit
    for unit, words in {
        "tablet": "tablet tablets tab tabs pill pills caplet caplets",
        "capsule": "capsule capsules cap caps",
        "drop": "drop drops",
        "puff": "puff puffs",
        "spray": "spray sprays",
        "patch": "patch patches",
        "sachet": "sachet sachets",
        "ampoule": "ampoule ampoules ampule ampules",
    }.items()
    for word in words.split()
}
_PER: Final[dict[str, str]] = {
    "kg": r"(?:kg|kilograms?|kilos?)(?: (?:of )?(?:body ?(?:weight|mass)|b\.?w\.?\b))?",
    "m2": r"(?:m ?\\?\^? ?[2²]|m ?\(2\)|sq\.? ?m\b|square[- ]met(?:er|re)s?|met(?:er|re)s?[- ]squared)",
    "cm2": r"(?:cm ?\\?\^? ?[2²]|square[- ]centimet(?:er|re)s?)",
    "d": r"(?:days?|d)\b",
    "h": r"(?:hours?|hrs?|h)\b",
    "min": r"(?:minutes?|mins?)\b",
    "s": r"(?:seconds?|sec)\b",
    "wk": r"(?:weeks?|wk)\b",
    "": r"(?:doses?|injections?|infusions?|administrations?|fractions?|fr|fx|patients?|subjects?|eyes?|person|session)\b",
}
_CONCENTRATION: Final = (
    r"(?:ml|dl|l|cc|mm ?\\?\^?[3³]|tablets?|capsules?|vials?|puffs?|sprays?|drops?|actuations?|g|%)\b"
)
_DIVIDERS: Final = re.compile(
    r" ?(?:gd ?)?(?:/ ?|\bper |\ba (?=day|week|hour))(?:"
    + "|".join(f"(?P<p{i}>{pattern})" for i, pattern in enumerate(_PER.values()))
    + rf"|(?P<conc>{_CONCENTRATION}))"
)
_DIVIDER_NAMES: Final = {f"p{i}": name for i, name in enumerate(_PER)}
_UNIT: Final = re.compile(
    r"[ -]?(?:" + "|".join(f"(?P<u{i}>{pattern})" for i, pattern in enumerate(_UNITS.values())) + r")(?![a-z])"
)
_UNIT_NAMES: Final = {f"u{i}": name for i, name in enumerate(_UNITS)}
_CELLS: Final = re.compile(
    r" ?(?:[a-z0-9+*]{1,20}[ -]){0,5}?(?:[a-z0-9+]{0,4}cells?|[a-z-]{0,5}mscs?|mncs?|lymphocytes)\b( ?/ ?kg| per kg)?"
)

# --- Routes ----------------------------------------------------------------------------------------------------------

ROUTES: Final[dict[str, str]] = {
    word: route
    for route, words in {
        "ORAL": "oral orally po peroral perorally peros swallow swallowed bymouth",
        "SUBLINGUAL": "sublingual sublingually",
        "BUCCAL": "buccal buccally",
        "INTRAVENOUS": "intravenous intravenously iv ivp ivpb peripheralvein peripheralveins civi ivi ivgtt",
        "INTRAARTERIAL": "intraarterial intraarterially hepaticarterialinfusion hepaticarteryinfusion",
        "INTRAMUSCULAR": "intramuscular intramuscularly im",
        "SUBCUTANEOUS": "subcutaneous subcutaneously sc sq subq subcut",
        "INTRADERMAL": "intradermal intradermally intracutaneous intracutaneously",
        "INTRAPERITONEAL": "intraperitoneal intraperitoneally ip",
        "INTRAARTICULAR": "intraarticular intraarticularly",
        "INTRATHECAL": "intrathecal intrathecally",
        "EPIDURAL": "epidural epidurally peridural extradural",
        "INTRAVITREAL": "intravitreal intravitreally intravitreous",
        "OPHTHALMIC": "ophthalmic eyedrops eyedrop",
        "OTIC": "otic eardrops eardrop",
        "INTRANASAL": "intranasal intranasally nasal nasally nasalspray",
        "INHALED": "inhaled inhale inhales inhaling inhalation inhalations inhaler nebulized nebulised nebulizer nebuliser smoked "
        "vaporized vaped",
        "TOPICAL": "topical topically",
        "TRANSDERMAL": "transdermal transdermally",
        "RECTAL": "rectal rectally intrarectal intrarectally",
        "VAGINAL": "vaginal vaginally intravaginal intravaginally",
        "INTRAVESICAL": "intravesical intravesically",
        "INTRATUMORAL": "intratumoral intratumorally intratumoural",
        "INTRACORONARY": "intracoronary",
        "INTRALESIONAL": "intralesional intralesionally",
        "PERINEURAL": "perineural perineurally",
        "ENTERAL": "enteral enterally nasogastric",
        "RADIATION": "radiotherapy irradiation irradiated wholebrainradiotherapy wholebrainirradiation radiationtherapy externalbeam imrt wbrt sbrt ebrt chemoradiotherapy radiation",
        "OTHER": "intracerebroventricular intrapleural intracavernosal intraosseous intracameral "
        "subconjunctival intraventricular retrobulbar",
    }.items()
    for word in words.split()
}
# An adjective of place before one of these speaks of the body or of a thing, not of a way of giving.
NOT_A_ROUTE: Final = frozenset(
    "drain drains tissue tissues fat catheter catheters access line lines mucositis cavity hygiene health surgery examination "
    "exam delivery cancer cancers disease infection infections candidiasis mucosa ulcers lesions contraceptive "
    "contraceptives contraception glucose-tolerance tolerance cannula congestion obstruction polyps birth bleeding swab swabs "
    "biopsy tumor tumors abscess space veins pain therapy-naive sensor glucose system systems port ports temperature flora "
    "symptoms swabbing microbiome intake analgesia anesthesia anaesthesia blood electrodes needle needles suture sutures "
    "insulin-pump sex intercourse canal nerve surface surfaces fold folds care communication presentation feedback reading degree contrast".split()
)

# --- Words of one class ----------------------------------------------------------------------------------------------
# The letters, as the grammar writes them. Digits' tokens: A amount with its unit, q concentration, N number, n number in words.

_CLASSES: Final[dict[str, str]] = {
    "C": "cycle cycles",
    "c": "course courses",
    "I": "injection injections infusion infusions administration administrations application applications instillation "
    "instillations session sessions vaccination vaccinations immunization immunizations fraction fractions fx fxs fr "
    "treatment treatments intake intakes shot shots sitting sittings bolus boluses procedures consultations meeting meetings workshop workshops "
    "inoculations transfusions insertion insertions implantation implantations placement exchanges appointments lessons classes cups articles procedure modules",
    "Q": "dose doses dosage dosages dosing",
    "X": "times time",
    "x": "x *",
    "E": "every each q",
    "L": "other alternate alternating second-daily",
    "K": "apart",
    "J": "interval intervals",
    "p": "per",
    "a": "a an",
    "f": "for",
    "v": "over during throughout",
    "t": "to through thru till until til",
    "u": "up",
    "o": "of",
    "i": "in into",
    "@": "at",
    "b": "on",
    "&": "and & plus +",
    "W": "with combined together along alongside concomitant concomitantly",
    "|": "or",
    "S": "single",
    "M": "morning mornings evening evenings night nights bedtime breakfast dinner noon",
    "B": "after before prior later post following within beginning begin begins starting start starts since from by "
    "between earlier preceding ago initiated commencing until-day age aged old reached upon previous following "
    "past baseline beyond",
    "h": "first last next final initial",
    "d": "as",
    "H": "followed then thereafter subsequently",
    "r": "notherapy notreatment rest off break washout pause holiday",
    "m": "maximum max maximal exceed exceeding exceeds cap capped",
    "l": "least minimum most",
    "G": "total cumulative totalling totaling",
    "V": "divided split",
    "Z": "supplied available contains containing contain strengths strength composed formulated provided vial vials bottle "
    "bottles syringe syringes syrup labeled labelled batch lot ampul package packaged carton",
    "z": "level levels group groups cohort cohorts arm arms escalation",
    "g": "receive receives received receiving administered administer administering given give gives giving take takes taken "
    "taking prescribed injected inject infused treated undergo undergoes underwent undergoing apply applied use using "
    "used ingest ingested consume consumed perform performed performs performing wear wears wearing utilize utilise practice practise drink assigned dosed continue continues "
    "continued continuing repeat repeats repeated delivered get gets instilled self-administered self-administer "
    "self-inject provided add added immunized vaccinated",
    "y": "solution suspension cream ointment gel lotion syrup granules powder formulation vehicle elixir emulsion concentrate form "
    "forms suppository suppositories liquid",
    "j": "will be is are was were been being shall must should may can has have had would could might to-be",
    "e": "observed monitored assessed evaluated measured assessment evaluation observation monitoring surveillance "
    "recorded assessments evaluations measurements",
    "U": "patient patients participant participants subject subjects individual individuals people person persons children "
    "child adults adult women woman men man infants infant volunteers volunteer mothers parents students pts",
    "k": "the approximately about consecutive approx estimated around roughly additional more further another only",
}
# Words that stand in descriptions and never name what is given (folded). Found by frequency over the register's texts.
_STOP: Final = """
patient patients participant participants subject subjects individual individuals people person persons children child
adults adult women woman men man infants infant volunteers volunteer mothers parents students cases case controls users
he she they them their his her it its this that these those there who which whom whose what when where while how why
i we our you your us one's everyone all both any some such same no not none nor neither either if then but than also
is are was were be been being am has have had having do does did done can could may might must shall should will would
by via through because due about above below under out against without absence presence unless except until whether
according based combination followed consists consisting consist comprised comprising comprises including includes include
included starting started start end ending ended completed complete completion continued continuing continuously continuous
remain remained initiated discontinued stopped stop reached achieved achieve achieving defined determined discretion
investigator investigators physician physicians doctor clinician nurse staff center centre hospital clinic site home previously conditioning enter enters workout work
study studies trial trials phase part period periods visit visits step stage protocol regimen regimens schedule schedules
randomized randomised randomization randomly randomize allocated assigned enrolled entered eligible included stratum
open label blinded double-blind double blind blinded unblinded masked
high low lower higher standard full half reduced fixed escalating escalated increasing increased decreased medium intermediate
initial initially loading maintenance priming induction consolidation intensification adjuvant neoadjuvant starting target
intended recommended assigned selected planned usual routine normal conventional optimal equal equivalent comparable similar
first second third fourth fifth last final next previous prior primary secondary
blood drypowder disease progression toxicity unacceptable intolerable tolerability tolerance tolerated response remission recovery
relapse death withdrawal consent adverse event events effect effects limit limits
weight body height volume amount amounts number numbers quantity rate rates concentration level value values score
area curve age ages gender sex
continues repeats repeat
active experimental investigational test reference comparator intervention interventions arm arms control
treatment treatments therapy-free drug drugs medication medications product agent agents compound
formulation suspension solution powder liquid syrup gel-form form forms vehicle concentrate granules mixture preparation
lyophilized tablet-form film-coated coated release-form sterile
slow slowly rapid push drip pump bag device continuous intermittent bolus
daily-dose immediately approximately between during once
start beginning preceding subsequent subsequently respectively depending
more less fewer least most many much several few various multiple different additional extra
well good better best possible necessary needed need required require requires per-protocol
surgery operation operative preoperative postoperative perioperative intraoperative preoperatively postoperatively
follow follow-up followup following baseline screening enrollment assessment assessments assess assessed evaluated evaluation
measure measured measurement monitored monitoring observed observation recorded
meal meals food fasting breakfast lunch fed water
day-care evening
using used use via
left right both side
e g ie eg etc vs versus n b
new old
ml kg mg
go went come came made make makes making
time times
during upon among within across toward towards
order addition plus-minus
further thereafter afterwards
whole non
result results data
information name batch manufacturer inc ltd usa pharma pharmaceuticals
equivalents
then now already still yet just even
like likes designed supervised drawn tested varying middle kind prevent prevents preventing overcome nearly almost approved olds care reduce reduces
improve improves improving lying sitting standing position positions place carried conducted provide provides providing divided
held hold holding placed place performed prior regarding described defined shown show shows help helps helping support supporting
assist allow allows allowing ensure ensuring maintain maintaining facilitate treat treating treats inhibit reach reached reaching
keep kept become becomes becoming compare compared comparing contain contained randomised afterward afterwards considered repeating including excluding
respectively whichever occurs first toward especially particularly mainly mostly usually generally often always never
approximately likely possible able unable willing due related associated similar identical
morning afternoon evening night daytime
intended corresponding relative total per-day
weeks-long
obtain obtained obtaining collect collected collecting test tests testing
increase increasing decrease decreasing
wake-up wake
mean median
early late
prepared dissolved mixed diluted reconstituted stored protected
choose chosen choice
select selected
seen
supplemented
minimum
advised advise prefilled involve involves involved stable partial complete peripheral central series spaced report reports reported return returns returned resected run
matched blinding
ratio
ongoing current currently
occurring occur occurs
frequency intensity duration type route dose-level
receive
background
course-long
instructed asked encouraged required allowed permitted expected able choose offered invited
consecutively separately simultaneously sequentially concurrently orally-disintegrating
cohort group
until
method
mode
ranging range ranges
resulting
vein
site sites
deltoid
opposite
thigh abdomen
mouth
guidance fluoroscopy ultrasound-guided
escalation de-escalation
up-titrated titrated uptitrated titration adjusted adjust adjustment increase decrease increases
""".split()

_WORDS: Final[dict[str, tuple[str, Any]]] = {
    **{word: ("s", word) for word in _STOP},
    **{word: (letter, word) for letter, words in _CLASSES.items() for word in words.split()},
    **{word: ("T", unit) for word, unit in UNIT_WORDS.items() if len(word) > 1 or word in "hwd"},
    **{word: ("D", "DAY") for word in ("day", "days", "d")},
    **{word: ("n", value) for word, value in NUMBER_WORDS.items()},
    **{word: ("Y", value) for word, value in FREQUENCY_WORDS.items() if word not in ("annual",)},
    **{word: ("O", value) for word, value in TIMES_WORDS.items()},
    **{word: ("P", unit) for word, unit in PIECES.items()},
    **{word: ("R", route) for word, route in ROUTES.items()},
}

_CODES: Final[dict[str, tuple[float, str]]] = {
    **dict.fromkeys("bid bd".split(), (1 / 2, "DAY")),
    **dict.fromkeys("tid tds".split(), (1 / 3, "DAY")),
    **dict.fromkeys("qid qds".split(), (1 / 4, "DAY")),
    **dict.fromkeys("qd od qam qpm qhs hs qday qn".split(), (1.0, "DAY")),
    "qod": (2.0, "DAY"),
    "qw": (1.0, "WEEK"),
    "qweek": (1.0, "WEEK"),
    "ow": (1.0, "WEEK"),
    "biw": (1 / 2, "WEEK"),
    "tiw": (1 / 3, "WEEK"),
}
"""Latin and English short forms of a frequency."""
_WORDS.update({word: ("F", value) for word, value in _CODES.items()})
_WORDS.update({char: (char, char) for char in "/,;:()."})
_WORDS.update({"[": ("(", "["), "]": (")", "]"), "{": ("(", "{"), "}": (")", "}"), "=": (":", "=")})
_WORDS.update({sign: ("<", sign) for sign in (*"<>≤≥", "than", "above", "below", "under")})

# --- Numbers and words in one pass -----------------------------------------------------------------------------------

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MULTIPLES: Final = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "mio": 1e6, "billion": 1e9}
_PLAIN: Final = r"""
    (?:(?P<word>(?!d(?:ays?)?[-+]?\d|q\.?\ ?\d|[a-z]\.[a-z]|vitamin|stage|grade|phase|class|type|factor|group|arm|cohort|part|follow|area\ u|auc
        |drug\ |compound\ |product\ |vaccine\ |no\ t|hepatic\ |by\ m|per\ o|peripheral\ |eye|ear[- ]|nasal\ |dry|whole|radiation\ |external
        |intra[- ]|sub[- ]|trans[- ]|peri[- ]|retro[- ]|(?:one|two|three|four|five|six|seven|eight|nine|ten|several)\ [htmb])
        [a-z][a-z0-9'®™ß-ɏα-ω]*+(?![^\W_])(?:-\d[a-z0-9]*+){0,4})"""
"""Most words: those that no special form below may begin with. It stands first, so that they are read at once."""
_TOKEN: Final = re.compile(
    _PLAIN
    + r"""
  | (?P<letter>(?:drug|compound|product|vaccine)\ [a-z](?![\w.'-]))
  | (?P<roman>(?:stage|grade|phase|class|type|factor|group|arm|cohort|part)s?\ [ivx]{1,4}[abc]?
        (?:\ ?(?:-|to|or|and|/|\\?&)\ ?[ivx]{1,4}[abc]?)*(?!\w))
  | (?P<auc>(?:area\ under\ the\ curve\ )?[(\[]?auc[)\]]?(?:\ ?(?:of|=|:|at))?\ ?(?P<auc_n>\d{1,2}(?:\.\d+)?)(?![\w-]|\.\d))
  | (?P<follow>follow(?:ed)?[- ]ups?(?!\w)|followed(?!\w|\ (?:immediately\ |directly\ )?(?:by|with)(?!\w)))
  | (?P<dotted>[a-z](?:\.[a-z])+(?![a-z])\.?)
  | (?P<vitamin>vitamins?\ [a-k]\d{0,2}(?!\w))
  | (?P<code>q\.?\ ?(?P<code_n>\d{1,3})[ -]?(?P<code_u>h|hr|hrs|d|w|wk|wks|weeks|days|mo?)(?![a-z\d]))
  | (?P<dayno>(?<![\w-])(?:days?|d)(?=[-+]?\d{1,3}(?!\w)))
  | (?P<phrase>no\ (?:therapy|treatment)|hepatic\ arter(?:y|ial)\ infusion|by\ mouth|per\ os|peripheral\ veins?|eye[- ]drops?|ear[- ]drops?|nasal\ spray|dry[- ]powder|whole[- ]brain\ (?:radiotherapy|irradiation)|radiation\ therapy|external[- ]beam|(?:intra|sub|trans|peri|retro)[- ][a-z]{4,14}(?![a-z]))
    # Numbers: 1x10^6, 10⁶; 1x106, whose superscript was lost; 2.5e5; 100 million; 1,000, 0,5, 2.5; a number glued to its unit.
  | (?P<power>(?:(?P<factor>\d{1,4}(?:[.,]\d{1,3})?)\ ?[x*·]\ ?)?10\ ?(?:(?:\\?\^|\*\*|e)\ ?\(?)?
        (?:(?<=[\^*e(])\ ?(?P<exponent>\d{1,2})(?!\d)\)?|(?P<superscript>[⁰¹²³⁴-⁹]{1,2})))
  | (?P<lost>(?P<lost_factor>\d{1,4}(?:[.,]\d{1,3})?)\ ?[x·]\ ?10\ ?(?P<lost_exponent>1[0-4]|[3-9])
        (?![\d%]|[.,]\d|\ ?-?(?:m?g|ml|c?gy|tab|cap|min|sec|rep|c?m|d|day|week)(?![a-z])))
  | (?P<float>\d{1,4}(?:\.\d{1,3})?e\+?\d{1,2}(?!\w))
  | (?P<multiple>(?P<many>\d{1,4}(?:[.,]\d{1,3}){0,4}|[a-z]{3,9})\ (?P<multiplier>hundred|thousand|million|mio|billion)(?![a-rt-z]))
  | (?P<num>(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d+)?|\d{1,3}(?:\ \d{3}){1,4}(?=\ ?(?:m?g|iu|u|[µu]g|units?|cells)(?![a-z]))
        |\d+,\d{1,2}(?=\ ?(?:m?c?g|m?l|ug|iu|u|%)(?![a-z]))|\d*\.\d+|\d+)
        (?:(?![^\W_])|(?=(?:[µu]?g|m[gl]|mcg|mgs|mgm|gm|iu|units?|u|cc|c?gy|mci|mbq|meq|mmol|h|hrs?|hours?|min|mins|minutes?
        |d|days?|w|wks?|weeks?|mo|months?|yr?|yrs?|years?|x|tablets?|fx)(?![^\W_])))|\d*[½⅓¼¾])
  | (?P<other>[^\W_][\w'®™]*(?:(?<=[^\W\d_])-\d[\w'®™]*)?)
  | (?P<sign>[-+/,;:()\[\]{}=&<>≤≥*~\n.]))\ *+ # the blanks after it, so that no form is tried at them
    """,
    re.VERBOSE,
)
_NUMBERS: Final = frozenset("power lost float multiple num".split())
_PER_KILO: Final = re.compile(r" ?/ ?kg| per kg")
_COUNTED: Final = re.compile(r" ?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)")
_JOINED: Final = str.maketrans("", "", ".- ")
_BULLET: Final = re.compile(r"[ \t\r]*(?:\n|[*•·-][ \t]|\d{1,2}[.)][ \t]|$)")


class Tokens(NamedTuple):
    """A text as its words: parallel sequences, and the text folded."""

    shape: str
    """One letter a word: its class."""
    starts: list[int]
    ends: list[int]
    values: list[Any]
    """What the word means: a number, (number, unit), a unit, a route, or the folded word."""
    folded: str


def _number(match: re.Match[str], group: str) -> float:
    """Return the number that `match` found as `group`."""
    if group == "power":
        exponent = match["exponent"] or match["superscript"].translate(_SUPERSCRIPTS)
        return float((match["factor"] or "1").replace(",", ".")) * 10.0 ** int(exponent)
    if group == "lost":
        return float(match["lost_factor"].replace(",", ".")) * 10.0 ** int(match["lost_exponent"])
    if group == "multiple":
        return (number(match["many"]) or 0.0) * _MULTIPLES[match["multiplier"]]
    literal = match[group]
    return float(literal) if group == "float" else number(literal) or float(literal.replace(",", ""))


def _amount(folded: str, text: str, end: int) -> tuple[str, int, bool] | None:
    """Return the unit that begins at `end`, where it ends, and whether it is a concentration."""
    match = _UNIT.match(folded, end)
    if match is None:
        return None
    unit = _UNIT_NAMES[match.lastgroup or ""]
    if unit == "g" and text[match.end() - 1] == "G":
        return None  # the gauge of a needle
    end = match.end()
    concentration = False
    while divider := _DIVIDERS.match(folded, end):
        name = divider.lastgroup or ""
        if name == "conc":
            concentration = True
        elif per := _DIVIDER_NAMES[name]:
            unit = f"{unit}/{per}"
        end = divider.end()
    return unit, end, concentration


def tokens(text: str) -> Tokens:
    """Return the words of `text` with their classes; nothing is raised.

    Words that only fill ("the", "approximately") have no token. A sentence's end is `.`, whatever sign it had.
    """
    folded = fold(text)
    if "\n" in text:  # folding makes them blanks; here they may end a sentence
        folded = "".join("\n" if char == "\n" else letter for char, letter in zip(text, folded, strict=True))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    values: list[Any] = []
    reached = 0
    for match in _TOKEN.finditer(folded):
        group = match.lastgroup or ""
        start, end = match.span(group)
        if start < reached:
            continue  # inside a unit
        value: Any = match[group]
        if group in ("word", "other"):
            letter, value = _WORDS.get(value, ("w", value))
            if letter == "w" and len(value) > 6 and value.endswith("ly"):
                letter = "s"  # an adverb
            if letter == "n" and (amount := _amount(folded, text, end)) and amount[0] != "U":
                unit, end, concentration = amount
                value, letter = (value, unit), "q" if concentration else "A"
                reached = end
            elif (
                letter == "n"
                and letters
                and letters[-1] == "w"
                and text[start].isupper()
                and text[starts[-1]].isupper()
            ):
                letter, value = "w", match[group]  # part of a name
            elif letter == "I" and value in ("application", "applications") and letters and letters[-1] == "w":
                letter = "w"  # a program
            elif letter in "TD" and end - start == 1 and (not letters or letters[-1] not in "Nn~/pEA"):
                letter, value = "w", match[group]  # a letter is a unit of time only after a number
            elif letter == "x" and not _COUNTED.match(folded, end):
                letter = "w"
        elif group == "sign":
            letter = _sign(value, folded, text, start, end)
        elif group in _NUMBERS:
            value = _number(match, group)
            letter = "N"
            if amount := _amount(folded, text, end):
                unit, end, concentration = amount
                value, letter = (value, unit), "q" if concentration else "A"
            elif value >= 1000 and (cells := _CELLS.match(folded, end)):
                value, letter = (value, "cells/kg" if cells[1] else "cells"), "A"
            elif group in ("power", "lost", "float"):
                kilo = _PER_KILO.match(folded, end)
                value, letter = (value, "/kg" if kilo else None), "A"
            reached = end
        elif group == "letter":
            letter = "w" if text[end - 1].isupper() else "s"
        elif group == "auc":
            letter, value = "A", (float(match["auc_n"]), "AUC")
        elif group == "code":
            letter, value = "F", (float(match["code_n"]), UNIT_WORDS[match["code_u"]])
        else:
            letter, value = _special(group, value)
        if letter != "k":
            letters.append(letter)
            starts.append(start)
            ends.append(end)
            values.append(value)
    return Tokens("".join(letters), starts, ends, values, folded)


def _sign(sign: str, folded: str, text: str, start: int, end: int) -> str:
    """Return the class of a sign where it stands: a glued hyphen, a minus, the end of a sentence; `k` says nothing."""
    after = folded[end : end + 1]
    if sign in "-+":
        if after.isdecimal() and (start == 0 or folded[start - 1] in " ,("):
            return "_"
        if sign == "+":
            return "&"
        return "~" if start and folded[start - 1] not in " \n" and after not in " \n" else "-"
    if sign == ".":
        follows = text[end : end + 2].strip(" )\"'")
        return (
            "."
            if not follows or (follows[0].isupper() or follows[0] in "\n*([") or text[end : end + 1] == "\n"
            else ("." if after == " " and not follows[0].islower() else "k")
        )
    if sign == "\n":
        return "." if _BULLET.match(folded, end) or folded[start - 1 : start] in ".;:" else "k"
    if sign == "*":
        return "x" if folded[start - 1 : start].isdigit() and after.isdigit() else "k"
    return _WORDS[sign][0] if sign in _WORDS else "k"


def _special(group: str, literal: str) -> tuple[str, Any]:
    """Return the class and the value of a word that is written with signs or blanks."""
    if group == "dayno":
        return "D", "DAY"
    if group == "vitamin":
        return "w", literal
    if group == "follow":
        return "e" if literal.startswith("followed") else "w", literal
    joined = literal.translate(_JOINED)
    if group == "phrase" and joined not in _WORDS:
        return "w", literal
    return _WORDS.get(joined, ("s", literal))
