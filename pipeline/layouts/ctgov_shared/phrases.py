"""Names of conditions that ran together in one cell: where the words alone tell where one ends and the next begins.

English puts what qualifies a condition before its noun ("Chronic Kidney Disease"); Latin qualifiers, numbers and the
most general nouns stand behind ("Diabetes Mellitus Type 2", "Heart Failure"). So a name is complete with its noun, and
an adjective or another condition behind it begins the next name; "of", "with" or a comma go on with it. The register
prints names with capitals. Where a word is neither noun nor qualifier, or where two nouns meet of which the second may
go on with the first ("Cancer Pain"), the page's prose may tell: words that stand together there belong together, and
such that stand there only apart do not. Where nothing tells, the whole cell is left alone.

Here belong these words and that grammar, and nothing of a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.layouts.ctgov_shared.texts import Part
from pipeline.layouts.lists import is_qualifier

# Parts of the body: they qualify what follows, but a name may end in one as well ("Herniated Disk").
_BODY: Final = re.compile(
    r"(?:abdomen|ankle|artery|bladder|bone|bowel|brain|breast|cell|cervix|chest|colon|cord|discs?|disks?|ear|elbow"
    r"|esophagus|eye|foot|gallbladder|gland|hand|head|heart|hip|joint|kidney|knee|leg|ligament|limb|lip|liver|lung|marrow"
    r"|mouth|muscle|neck|nerve|nose|ovary|pancreas|prostate|rectum|shoulder|sinus|skin|spine|stomach|tendon|throat"
    r"|thyroid|tongue|tooth|uterus|vein|wrist),?",
    re.IGNORECASE,
)
# What makes a part of the body a condition.
_AILS: Final = re.compile(
    r"bulging|cleft|degenerative|dry|failed|fatty|flat|frozen|herniated|irritable|neurogenic|overactive|polycystic"
    r"|prolapsed|ruptured|slipped|torn",
    re.IGNORECASE,
)
# Other words that qualify what follows and are no condition: adjectives by their ending, degrees, what has a disorder.
_QUALIFIES: Final = re.compile(
    r"(?!(?:accident|alcoholic|antibiotic|arsenic|caffeine|clinic|cocaine|colic|epidemic|event|hospital|implant|medical"
    r"|medicine|migraine|panic|patient|recipient|relative|removal|scar|survival|transplant|urine|vaccine|withdrawal)$)"
    r"(?:\w*(?:al|ic|ar|ary|ous|ive|oid|ory|ine|ant|(?<!m)ent)"
    r"|[\w-]+-(?:\w+ed|cell|dependent|grade|induced|onset|resistant|risk|stage|threatening|type)"
    r"|acquired|acute|adult|advanced|childhood|closed|common|complicated|early|extensive|failed|female|generalized|herniated|high"
    r"|human|impaired|infant|juvenile|large|late|limited|localized|low|major|male|maternal|mild|minor|moderate|multiple|newborn"
    r"|non|non-small|older|open|refractory|relapsed|relapsing|remitting|resistant|retained|ruptured|secondary|severe"
    r"|slipped|small|soft|solid|squamous|unresectable|unspecified|untreated|[bt](?:-cell)?"
    r"|bulging|cleft|dry|fatty|flat|frozen|overactive|prolapsed|torn"
    r"|airway|anterior|aortic|back|bile|blood|body|cruciate|duct|fallopian|gall|germ|lymph|mitral|node|ovarian|pelvis"
    r"|plasma|stem|stromal|system|tissue|tract|tube|valve|valvular"
    r"|alcohol|attention|binge|cannabis|deficit|drug|eating|hepatitis[bc]?|hiv|immune|influenza|iron|mood|nicotine|opiate"
    r"|opioid|papilloma|site|sleep|stress|substance|surgical|tobacco|use|virus|vitamin|weight"
    r"|(?:alzheimer|barrett|burkitt|crohn|ewing|hodgkin|kaposi|non-?hodgkin|parkinson|sjogren|still)(?:'?s)?|wilms),?",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(
    r"(?:mellitus|vulgaris|erythematosus|gravis|multiforme|simplex|zoster|sicca|nervosa|areata|planus"
    r"|arrest|complications?|deficiency|degeneration|diseases?|disorders?|displacement|dysfunction|failure|fibrillation"
    r"|herniation|impairments?|infarction|injury|injuries|insufficiency|nos|participants|related|subjects?|symptoms?"
    r"|syndromes?|unspecified|volunteers?),?",
    re.IGNORECASE,
)
_KIND: Final = re.compile(r"(?:[A-E]|[IVX]+[AB]?|\d+[a-z]?),?")
_NUMBERED: Final = frozenset(("class", "grade", "phase", "stage", "type"))
# Nouns that are conditions: by their ending, or listed.
_CONDITION: Final = re.compile(
    r"(?!(?:diagnos[ei]s|dose|glucose|prognosis)$)"
    r"(?:\w{2,}(?:itis|omas?|os[ie]s|a?emia|path(?:y|ies)|algia|penia|plegia|paresis|trophy|uria|plasia|rrhea|listhesis"
    r"|phrenia|opia|tension|toxicity)|\w{3,}(?:ectomy|plasty|ation|ition)"
    r"|abnormalit(?:y|ies)|accident|acne|addiction|adhd|aids|alcoholism|alopecia|aneurysms?|angina|anomal(?:y|ies)"
    r"|anorexia|anxiety|aphasia|apnea|ards|arrest|arrhythmias?|ascites|asphyxia|asthma|autism|bleeding|bulimia|burns?"
    r"|cachexia|cancers?|caries|cataracts?|cirrhos[ei]s|ckd|constipation|copd|covid-?19|defects?|deficiency|deformity"
    r"|delirium|dementia|dependence|depression|diabetes?|diarrhea|diseases?|disorders?|displacement|dysfunction|eczema"
    r"|edema|embolism|epilepsy|esrd|failure|fatigue|fever|fibroids?|fibromyalgia|fistula|flutter|fractures?|frailty|glaucoma"
    r"|gout|headache|hemorrhages?|hemorrhoids?|hernia|herpes|hyperalgesia|ileus|illness|impairments?|incontinence"
    r"|infarction|infections?|infertility|inflammation|influenza|injur(?:y|ies)|insomnia|instability|insufficiency"
    r"|intolerance|ischemia|jaundice|leukemia|lipodystrophy|lupus|malaria|measles|menopause|metastas[ei]s|migraine"
    r"|narcolepsy|nausea|neoplasms?|nightmares?|nsclc|obesity|obstruction|occlusion|overweight|pain|palsy|paralysis"
    r"|pneumonia|polyps?|pre-?diabetes|pre-?eclampsia|pregnancy|prolapse|pruritus|ptsd|reflux|rupture|sarcopenia"
    r"|sars-cov-?2|scarring|sciatica|sclc|scleroderma|seizures?|sepsis|shock|smoking|spasms?|spasticity|strabismus|strokes?"
    r"|stuttering|syncope|syndromes?|tears?|thrombus|tinnitus|trauma|tuberculosis|tumou?rs?|ulcers?|urticaria|vitiligo"
    r"|vomiting|warts?|wounds?|xerostomia),?",
    re.IGNORECASE,
)
# Those of them that a condition before them may qualify: "Anxiety Disorders", "Cancer Pain".
_GENERAL: Final = re.compile(
    r"(?:arrest|bleeding|cancer|carcinoma|complication|deficiency|depression|diabetes|disease|disorder|dysfunction|edema"
    r"|embolism|failure|fatigue|fracture|hemorrhage|impairment|infection|insufficiency|ischemia|metastase|neoplasm|pain"
    r"|pneumonia|pregnancy|sarcoma|seizure|sepsis|shock|smoking|syndrome|thrombosis|trauma|tumou?r|ulcer|wound)s?"
    r"|injury|injuries|metastasis|stenosis",
    re.IGNORECASE,
)
# Plurals qualify nothing.
_PLURAL: Final = re.compile(r"(?:cancer|fracture|infection|neoplasm|tumou?r|ulcer|wound)s", re.IGNORECASE)
_GOES_ON: Final = re.compile(
    r"(?:after|among|and|as|at|before|between|by|caused|due|during|following|for|from|in|including|not|of|on|or|per"
    r"|receiving|requiring|than|the|to|under|undergoing|using|who|with|within|without|\W+)",
    re.IGNORECASE,
)
_LONGEST_CELL: Final = 4000  # characters; each word of it is seen beside all others
_WORD: Final = re.compile(r"\S+")
_PROSE: Final = re.compile(r"[^\W_]+|[,.;:()]")
_NUMBER: Final = re.compile(r"(?<=[^\W_])(?:es|is|s)(?![^\W_])")


def cut_phrases(cell: str, prose: str = "") -> list[Part] | None:
    """Return the places of the names in a cell; None where nothing tells.

    Args:
        cell: the names, joined by blanks.
        prose: the `stems` of the page's prose.

    >>> cut_phrases("Heart Failure Chronic Kidney Disease")
    [(0, 13), (14, 36)]
    >>> cut_phrases("Diabetes Mellitus, Type 1")
    [(0, 25)]
    >>> cut_phrases("Knee Replacement Pain")
    >>> cut_phrases("Knee Replacement Pain", stems("Does knee replacement pain go?"))
    [(0, 21)]
    """
    if len(cell) > _LONGEST_CELL:
        return None
    found = list(_WORD.finditer(cell))
    words = [word[0] for word in found]
    begins = [0] if words else []
    for at in range(1, len(words)):
        if _is_bracketed(cell, found[at].start()):
            continue
        begins_name = _begins(words, begins[-1], at)
        if begins_name is None:
            begins_name = _is_apart(words[at - 1], words[at], prose)
        if begins_name is None:
            return None
        if begins_name:
            begins.append(at)
    bounds = [*begins, len(words)]
    return [(found[first].start(), found[end - 1].end()) for first, end in pairwise(bounds)] or None


def stems(text: str) -> str:
    """Return the words of a text without case and the endings of number, its punctuation as words of their own."""
    return f" {' '.join(_PROSE.findall(_NUMBER.sub('', text.casefold())))} "


def _is_bracketed(cell: str, at: int) -> bool:
    return cell[at] in "([" or any(cell.count(a, 0, at) > cell.count(b, 0, at) for a, b in ("()", "[]"))


def _begins(words: Sequence[str], begin: int, at: int) -> bool | None:
    """Whether a name begins at `at`, the one before it having begun at `begin`; None where the words do not tell."""
    before, word = words[at - 1], words[at]
    if _GOES_ON.fullmatch(word) or _GOES_ON.fullmatch(before) or before[-1] in "-/&" or word[0] in "-/&":
        return False
    joint = next((place for place in range(at - 1, begin - 1, -1) if _GOES_ON.fullmatch(words[place])), begin - 1)
    complete = any(one.endswith(",") or not _qualifies(one) for one in words[joint + 1 : at])
    if _bare(word) == _bare(before) or (complete and _bare(word) == _bare(words[begin]) and before[-1] not in ",;:"):
        return True
    if before[-1] in ",;:":
        return False if before.endswith(",") and (_qualifies(word) or is_qualifier(word)) else None
    if (
        (word[0].islower() and words[0][0].isupper())
        or _KIND.fullmatch(word)
        or _bare(before) in _NUMBERED
        or _BEHIND.fullmatch(word)
    ):
        return False
    if _bare(word) in _NUMBERED:  # "Asthma Type 2 Diabetes", but "Diabetes Type 2"
        behind = _bare(words[at + 2]) if at + 2 < len(words) else ""
        again = behind == _bare(words[begin])
        return complete and not again and (behind.startswith("diabet") or (_bare(word) == "stage" and behind != ""))
    if not complete:
        if not _BODY.fullmatch(before) or _BODY.fullmatch(word) or _is_trailing(words[at:]) or not _qualifies(word):
            return False
        if _AILS.fullmatch(word):  # "Disk Herniated Lumbar Asthma"
            return None
        return any(map(_AILS.fullmatch, words[begin:at]))  # "Herniated Disk Chronic Pain"
    return _follows(words, at)


def _follows(words: Sequence[str], at: int) -> bool | None:
    """Whether the word begins a name behind one that has its noun."""
    before, word = words[at - 1], words[at]
    closed = any(form.fullmatch(before) for form in (_PLURAL, _BEHIND, _KIND)) or before.endswith(")")
    ended = closed or _is_condition(before)
    if _is_condition(word):
        inverted = at > 1 and words[at - 2].endswith(",")  # "Stenosis, Spinal"
        return True if closed or ((ended or inverted) and not _GENERAL.fullmatch(word)) else None
    if not _qualifies(word):
        return None
    rest = words[at:]
    if not all(map(_qualifies, rest)):
        return True if ended else None
    if any(one.endswith(",") for one in rest):
        return True
    if _is_trailing(rest):  # "Breast Cancer Female"
        return False
    return True if len(rest) > 1 and not _BODY.fullmatch(word) else None


def _is_apart(before: str, word: str, prose: str) -> bool | None:
    """Whether prose has the two words, a condition and what may begin a name, and never together."""
    left, right = stems(before.strip(",;()")), stems(word.strip(",;()"))
    if f"{left}{right.lstrip()}" in prose:
        return False
    may_begin = not (_GENERAL.fullmatch(word) or _BODY.fullmatch(word))
    apart = may_begin and before[-1].isalnum() and _is_condition(before) and left in prose and right in prose
    return True if apart else None


def _is_trailing(words: Sequence[str]) -> bool:
    """Whether the words only qualify, to the end of the cell."""
    return all(map(_qualifies, words)) and not _BODY.fullmatch(words[-1])


def _is_condition(word: str) -> bool:
    return _CONDITION.fullmatch(word) is not None


def _qualifies(word: str) -> bool:
    """Whether the word is no noun that a name may be complete with."""
    if _BODY.fullmatch(word) or _KIND.fullmatch(word) or _bare(word) in _NUMBERED:
        return True
    return not _is_condition(word) and _QUALIFIES.fullmatch(word) is not None


def _bare(word: str) -> str:
    return re.sub(r"\W|'s$", "", word).casefold()
