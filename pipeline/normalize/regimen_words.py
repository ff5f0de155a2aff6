"""The words of regimens, each with its class: the vocabulary that `regimen_tokens` reads with.

Here belong units of doses, routes, frequencies, the nouns and verbs of giving, and the words that never name an
agent; all folded. How a text is cut into words belongs to `regimen_tokens`, what a sequence of words means to
`regimen_facts`.
"""

from __future__ import annotations

from typing import Any, Final

from pipeline.normalize.quantities import FREQUENCY_WORDS, NUMBER_WORDS, TIMES_WORDS, UNIT_WORDS


def words(text: str) -> frozenset[str]:
    """Return the words of a string: how vocabularies are written here."""
    return frozenset(text.split())


# --- Units of doses --------------------------------------------------------------------------------------------------

UNITS: Final[dict[str, str]] = {
    "mg": r"mgs?|mgm|milligrams?|milligrammes?",
    "g": r"g|gms?|grams?|grammes?",
    "ug": r"[µμu]g|mcgs?|micro-?grams?|microgrammes?",
    "ng": r"ng|nanograms?",
    "mL": r"mls?|cc|milli-?lit(?:er|re)s?",
    "uL": r"[µμu]l|micro-?lit(?:er|re)s?",
    "L": r"l|lit(?:er|re)s?",
    "MIU": r"miu",
    "MU": r"mu",
    "IU": r"i\.?u\.?|international units?",
    "U": r"u|units?",
    "mmol": r"mmols?|millimoles?",
    "umol": r"[µμu]mol|micromoles?",
    "nmol": r"nmol|nanomoles?",
    "mEq": r"meq",
    "cGy": r"cgy|centigrays?",
    "Gy": r"gy|grays?",
    "uCi": r"[µμu]ci",
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
"""UCUM's manner, with the patterns of what people write."""
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
"""Forms that are counted in pieces."""
DIVIDERS: Final[dict[str, str]] = {
    "kg": r"(?:kg|kilograms?|kilos?)(?: (?:of )?(?:body ?(?:weight|mass)|b\.?w\.?\b))?",
    "m2": r"(?:m ?\\?\^? ?[2²]|m ?\(2\)|sq\.? ?m\b|square[- ]met(?:er|re)s?|met(?:er|re)s?[- ]squared)",
    "cm2": r"(?:cm ?\\?\^? ?[2²]|square[- ]centimet(?:er|re)s?)",
    "d": r"(?:days?|d)\b",
    "h": r"(?:hours?|hrs?|h)\b",
    "min": r"(?:minutes?|mins?)\b",
    "s": r"(?:seconds?|sec)\b",
    "wk": r"(?:weeks?|wk)\b",
    "": r"(?:doses?|injections?|infusions?|administrations?|fractions?|fr|fx|patients?|subjects?|eyes?|person"
    r"|session)\b",
}
"""What an amount may be divided by, with its patterns. By an injection, an eye or a person it is the amount itself."""
CONCENTRATION: Final = (
    r"(?:ml|dl|l|cc|mm ?\\?\^?[3³]|tablets?|capsules?|vials?|puffs?|sprays?|drops?|actuations?|g|%)\b"
)
"""Divided by one of these, an amount is a concentration."""

# --- Routes ----------------------------------------------------------------------------------------------------------

ROUTES: Final[dict[str, str]] = {
    word: route
    for route, words_of_route in {
        "ORAL": "oral orally po peroral perorally peros swallow swallowed bymouth",
        "SUBLINGUAL": "sublingual sublingually undertongue",
        "BUCCAL": "buccal buccally",
        "INTRAVENOUS": "intravenous intravenously iv ivp ivpb byvein byveins peripheralvein peripheralveins civi ivi "
        "ivgtt",
        "INTRAARTERIAL": "intraarterial intraarterially byartery byarteries hepaticarterialinfusion "
        "hepaticarteryinfusion",
        "INTRAMUSCULAR": "intramuscular intramuscularly im deltoidmuscle bymuscle",
        "SUBCUTANEOUS": "subcutaneous subcutaneously sc sq subq subcu subcut underskin",
        "INTRADERMAL": "intradermal intradermally intracutaneous intracutaneously id",
        "INTRAPERITONEAL": "intraperitoneal intraperitoneally ip",
        "INTRAARTICULAR": "intraarticular intraarticularly",
        "INTRATHECAL": "intrathecal intrathecally",
        "EPIDURAL": "epidural epidurally peridural extradural",
        "INTRAVITREAL": "intravitreal intravitreally intravitreous",
        "OPHTHALMIC": "ophthalmic eyedrops eyedrop",
        "OTIC": "otic eardrops eardrop",
        "INTRANASAL": "intranasal intranasally nasal nasally nasalspray",
        "INHALED": "inhaled inhale inhales inhaling inhalation inhalations inhaler nebulized nebulised "
        "nebulizer nebuliser smoked vaporized vaped",
        "TOPICAL": "topical topically",
        "TRANSDERMAL": "transdermal transdermally skinpatch skinpatches",
        "RECTAL": "rectal rectally intrarectal intrarectally",
        "VAGINAL": "vaginal vaginally intravaginal intravaginally",
        "INTRAVESICAL": "intravesical intravesically",
        "INTRATUMORAL": "intratumoral intratumorally intratumoural",
        "INTRACORONARY": "intracoronary",
        "INTRALESIONAL": "intralesional intralesionally",
        "PERINEURAL": "perineural perineurally nerveblock nerveblocks plexusblock plexusblocks",
        "ENTERAL": "enteral enterally nasogastric",
        "RADIATION": "radiotherapy irradiation irradiated wholebrainradiotherapy wholebrainirradiation "
        "radiationtherapy externalbeam imrt wbrt sbrt ebrt chemoradiotherapy radiation",
        "OTHER": "intracerebroventricular intrapleural intracavernosal intraosseous intracameral "
        "subconjunctival intraventricular retrobulbar",
    }.items()
    for word in words_of_route.split()
}
"""Words that say a route, without blanks and hyphens."""
NOT_A_ROUTE: Final = words("""
    abscess access anaesthesia analgesia anesthesia biopsy birth bleeding blood canal cancer cancers candidiasis
    cannula care catheter catheters cavity communication congestion contraception contraceptive contraceptives
    contrast degree delivery dermatitis disease drain drains electrodes exam examination exposure fat feedback flora
    fold folds glucose health hygiene hysterectomy infection infections intake intercourse lesions line lines
    microbiome mucosa mucositis needle needles nerve obstruction oncologist pain polyps port ports presentation
    prolapse reading sensor sex space surface surfaces surgery suture sutures swab swabbing swabs symptoms system
    systems temperature tissue tissues tolerance tumor tumors ulcers veins wall
""")
"""An adjective of place before one of these speaks of the body or of a thing, not of a way of giving."""

# --- Frequencies -----------------------------------------------------------------------------------------------------

_CODES: Final[dict[str, tuple[float, str]]] = {
    word: interval
    for short, interval in {
        "bid bd": (1 / 2, "DAY"),
        "tid tds": (1 / 3, "DAY"),
        "qid qds": (1 / 4, "DAY"),
        "qd od qam qpm qhs hs qday qn": (1.0, "DAY"),
        "qod": (2.0, "DAY"),
        "qw ow qweek": (1.0, "WEEK"),
        "biw": (1 / 2, "WEEK"),
        "tiw": (1 / 3, "WEEK"),
    }.items()
    for word in short.split()
}
"""Latin and English short forms."""

# --- Classes ---------------------------------------------------------------------------------------------------------

_CLASSES: Final[dict[str, str]] = {
    # cycles
    "C": "cycle cycles",
    # courses: cycles, or a length of time
    "c": "course courses",
    # what is counted: injections, sessions
    "I": "injection injections infusion infusions administration administrations application applications "
    "instillation instillations session sessions vaccination vaccinations immunization immunizations "
    "fraction fractions fx fxs fr f treatment treatments intake intakes shot shots sitting sittings bolus "
    "boluses procedures consultations meeting meetings workshop workshops inoculations transfusions "
    "reinfusion reinfusions insertion insertions implantation implantations placement exchanges appointments "
    "lessons classes cups articles procedure modules",
    # doses
    "Q": "dose doses dosage dosages dosing",
    # times
    "X": "times time",
    # the sign of multiplication
    "x": "x *",
    # every
    "E": "every each q",
    # every other
    "L": "other alternate alternating",
    # apart
    "K": "apart",
    # intervals
    "J": "interval intervals",
    # per
    "p": "per",
    # articles
    "a": "a an",
    # for
    "f": "for",
    # over
    "v": "over during throughout across",
    # to
    "t": "to through thru till until til",
    # up (to)
    "u": "up",
    # of
    "o": "of",
    # in
    "i": "in into",
    # at
    "@": "at",
    # on
    "b": "on",
    # and
    "&": "and & plus +",
    # with
    "W": "with combined together along alongside concomitant concomitantly",
    # or
    "|": "or",
    # single
    "S": "single",
    # times of the day
    "M": "morning mornings evening evenings night nights bedtime breakfast dinner noon",
    # before, after, from: a time beside is no length
    "B": "after before prior later post following within beginning begin begins starting start starts since "
    "from by between earlier preceding ago initiated commencing age aged old reached upon previous past "
    "baseline beyond",
    # first, last
    "h": "first last next final initial",
    # as
    "d": "as",
    # followed by, then
    "H": "followed then thereafter subsequently",
    # rest
    "r": "notherapy notreatment rest off break pause holiday",
    # maximum: a cap
    "m": "maximum max maximal exceed exceeding exceeds cap capped",
    # at least, at most
    "l": "least minimum most",
    # total
    "G": "total cumulative totalling totaling",
    # divided
    "V": "divided split",
    # supply: an amount beside is a strength
    "Z": "supplied available contains containing contain strengths strength composed formulated provided vial "
    "vials bottle bottles syringe syringes syrup labeled labelled batch lot ampul package packaged carton",
    # groups and levels: a count beside is of them
    "z": "level levels group groups cohort cohorts arm arms escalation",
    # verbs of giving
    "g": "receive receives received receiving administered administer administering given give gives giving "
    "take takes taken taking prescribed injected inject infused reinfused treated undergo undergoes underwent "
    "undergoing apply applied use uses using used ingest ingested consume consumed perform performed performs "
    "performing wear wears wearing worn utilize utilise practice practise drink assigned dosed continue "
    "continues continued continuing repeat repeats repeated delivered delivering get gets instilled provided add "
    "added immunized vaccinated attend attends attending takepartin takespartin takingpartin participatein "
    "participatesin participatedin participatingin engagein engagesin engagingin addition",
    # forms
    "y": "solution suspension cream ointment gel lotion syrup granules powder formulation vehicle elixir "
    "emulsion concentrate form forms suppository suppositories liquid",
    # auxiliary verbs
    "j": "will be is are was were been being shall must should may can has have had would could might",
    # observing
    "e": "observed monitored assessed evaluated measured assessment evaluation observation monitoring "
    "surveillance recorded assessments evaluations measurement measurements collected contacted interviewed "
    "return returns returned",
    # persons
    "U": "patient patients participant participants subject subjects individuals people person "
    "persons children child adults adult women woman men man infants infant volunteers volunteer mothers "
    "parents students pts",
    # fillers, without a token
    "k": "the approximately about consecutive approx estimated around roughly additional more further another only",
}
"""Words by the letter of their class, as the grammar writes it."""
_STOP: Final = """
abbreviated abdomen abdominal able above absence accessed according achieve achieved achieving active adjust adjusted
adjustment adjuvant adverse advise advised afternoon afterward afterwards against agent agents ages all allocated
allow allowed allowing allows almost already also always am among amount amounts any approved area asked assess assist
associated auc availability b background bag based basis because become becomes becoming bedside below best better
blind blinded blinding blood body both but calories came care carried case cases center central centre change changed
choice choose chosen clinic clinician coated collect collecting combination come comparable comparator compare
compared comparing complete completed completion compound comprehensive comprised comprises comprising concentration
concomitant concurrent concurrently conducted consecutively consent considered consist consisted consisting consists
consolidation contained continuous continuously control controls conventional corresponding count current currently
curve data daytime death decrease decreased decreasing defined deltoid depending described designed determined device
devote did different diluted discontinued discretion disease dissolved distributed do doctor does done double drawn
drip drug drugs drypowder due duration e early effect effects eg either eligible encouraged end ended ending enrolled
enrollment ensure ensured ensuring enter entered enteric enters entire equal equivalent equivalents escalated
escalating especially etc even event events everyone except excluding expect expected experimental extended extra eye
eyes facilitate fasting fed few fewer fifth film fixed fluoroscopy follow follows followup food fourth frequency full
furthermore g gender generally gluteal go good guidance guide guides having he height held help helping helps her high
higher his hold holding home hospital how hz i identical ie if immediately improve improves improving inc include
included includes including increase increased increases increasing individual induction information inhibit initially
instructed intended intensification intensity intermediate intermittent intervention interventions intolerable
intraoperative investigational investigator investigators invited involve involved involves it its just kcal keep kept
kg kind label lasting lasts late layer lb lbs left length less like likely likes limit limits loading low lower ltd
lunch lying lyophilized made mainly maintain maintaining maintenance make makes making manufacturer many masked
matched meal meals mean measure median medication medications medium metered method mg middle mixed mixture ml mode
mostly mouth much multiple n name nearly necessary need needed neither neoadjuvant never new no non none nor normal
nostril nostrils not now number numbers nurse obtain obtained obtaining occur occurring occurs offered often olds
one's ongoing open operation operative opposite optimal optional order our out overall overcome own part partial
particularly period periods perioperative peripheral permitted personal pharma pharmaceuticals phase physician
physicians place placed planned position positions possible post postoperative postoperatively pre prefilled
preoperative preoperatively preparation prepared presence prevent preventing prevents previously primary priming prn
product progression prolonged protected protocol protracted provide provides providing pump push quantity randomised
randomization randomize randomized randomly range ranges ranging rapid rate rates ratio reach reaching recommended
reconstituted recovery reduce reduced reduces reference regarding regardless regimen regimens regulated relapse
related relative remain remained remission repeating repetition repetitions report reported reports reps require
required requires resected respectively response result resulting results right route routine run same schedule
schedules score screening secondary seen select selected separately sequentially series set sets several sex shared
she show shown shows side similar simultaneously site sites slow slowly some spaced stable staff stage standard
standardised standardized standing started step sterile still stop stopped stored stratum studies study subsequent
such supervised supplemented support supporting surgery tailored tapered target test tested testing tests than that
their them there these they thigh thin third this those titrated titration tolerability tolerance tolerated toward
towards toxicity transforaminal treat treating treats trial trials type unable unacceptable unblinded under unless
uptitrated us usa users usual usually value values various varying vein ventrogluteal versus via visit visits volume
vs wake washout water we wearable weight well went what when where whether which whichever while who whole whom whose
why willing withdrawal without work workout yet you your
"""
"""Words that stand in descriptions and never name what is given; found by frequency over the register's texts."""

WORDS: Final[dict[str, tuple[str, Any]]] = {
    **{word: ("s", word) for word in _STOP.split()},
    **{word: (letter, word) for letter, listed in _CLASSES.items() for word in listed.split()},
    **{word: ("T", unit) for word, unit in UNIT_WORDS.items() if len(word) > 1 or word in "hwd"},
    **dict.fromkeys(("day", "days", "d"), ("D", "DAY")),
    **{word: ("n", value) for word, value in NUMBER_WORDS.items()},
    **{word: ("Y", value) for word, value in FREQUENCY_WORDS.items() if word != "annual"},
    **{word: ("O", value) for word, value in TIMES_WORDS.items()},
    **{word: ("P", unit) for word, unit in PIECES.items()},
    **{word: ("R", route) for word, route in ROUTES.items()},
    **{word: ("F", interval) for word, interval in _CODES.items()},
    **{sign: (sign, sign) for sign in "/,;:()."},
    **{sign: ("(", sign) for sign in "[{"},
    **{sign: (")", sign) for sign in "]}"},
    **{sign: ("<", sign) for sign in ("<", ">", "≤", "≥", "than", "above", "below", "under")},
    "=": (":", "="),
}
"""Each word's class and value. A word that is not here may name what is given: class `w`."""
