"""Names of conditions that ran together in one cell: where the words alone tell that it is one name, or where to cut.

English puts what qualifies a condition before its noun ("Chronic Kidney Disease"); Latin qualifiers stand behind
("Diabetes Mellitus"). So a cell is one name where everything before its last noun only qualifies; and it is several
where every noun in it is known to be a condition. Where a word is neither, or where two nouns meet of which the second
may go on with the first ("Cancer Pain"), nothing is said.

Here belong these words and that grammar, and nothing of a page. Where the page's own prose tells is `names`'.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.layouts.ctgov_shared.texts import Part
from pipeline.layouts.lists import is_qualifier

# Words that qualify what follows and are no condition: adjectives by their ending, parts of the body, degrees.
_QUALIFIES: Final = re.compile(
    r"(?!(?:caffeine|colic|medicine|migraine|panic|removal|survival|withdrawal|scar|clinic|medical|hospital)$)"
    r"(?:\w*(?:al|ic|ar|ary|ous|ive|oid|ory|ine|ant|(?<!m)ent)|[\w-]+-(?:\w+ed|onset|risk|grade|stage|threatening)"
    r"|acquired|advanced|early|extensive|herniated|impaired|late|limited|mild|moderate|non|refractory|relapsed|resistant"
    r"|retained|ruptured|severe|squamous|unspecified|adult|childhood|infant|juvenile|maternal|newborn|type"
    r"|abdomen|airway|ankle|aortic|artery|back|bile|bladder|blood|bone|bowel|brain|breast|cell|cervix|chest|colon|cord"
    r"|disc|disk|duct|ear|elbow|endometrium|esophagus|eye|foot|gall|hand|head|heart|hip|joint|kidney|knee|limb|liver"
    r"|lung|marrow|mitral|muscle|neck|nerve|ovarian|ovary|pancreas|plasma|prostate|rectum|shoulder|skin|spine|stomach"
    r"|tendon|thyroid|tooth|uterus|valve|valvular|vein|wrist"
    r"|alcohol|cocaine|drug|hepatitis[bc]?|hiv|mood|nicotine|opioid|sleep|substance|tobacco"
    r"|large|small|non-small|[bt](?:-cell)?|non-?hodgkins?)",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(
    r"mellitus|vulgaris|erythematosus|gravis|multiforme|simplex|zoster|sicca|nervosa|areata|planus", re.IGNORECASE
)
_KIND: Final = re.compile(r"[A-E]|[IVX]+|\d")
# Nouns that are conditions: by their ending, or listed.
_CONDITION: Final = re.compile(
    r"(?!(?:diagnosis|prognosis)$)"
    r"(?:\w{2,}(?:itis|omas?|os[ie]s|a?emia|path(?:y|ies)|algia|penia|plegia|trophy|uria|plasia|rrhea)"
    r"|acne|aids|alopecia|angina|anxiety|apnea|ards|arrest|arrhythmias?|ascites|asthma|autism|bleeding|cancers?|caries"
    r"|cataract|constipation|copd|covid-19|deficiency|delirium|dementia|depression|diabetes|diarrhea|diseases?|disorders?"
    r"|dysfunction|eczema|edema|embolism|epilepsy|failure|fatigue|fever|fibrillation|fractures?|frailty|glaucoma"
    r"|hemorrhage|hernia|hiv|hypertension|hypotension|infarction|infections?|infertility|influenza|injur(?:y|ies)"
    r"|insomnia|insufficiency|ischemia|leukemia|lupus|lymphoma|malaria|menopause|migraine|myopia|nausea|neoplasms?"
    r"|obesity|overweight|pain|pneumonia|pregnancy|psoriasis|sarcopenia|schizophrenia|sclerosis|sepsis|shock|smoking"
    r"|strokes?|syndromes?|trauma|tuberculosis|tumou?rs?|ulcers?|vomiting)",
    re.IGNORECASE,
)
# Those of them that a condition before them may qualify: "Anxiety Disorders", "Cancer Pain".
_GENERAL: Final = re.compile(
    r"(?:arrest|bleeding|cancer|deficiency|depression|diabetes|disease|disorder|dysfunction|edema|embolism|failure"
    r"|fatigue|fracture|hemorrhage|infection|insufficiency|injury|ischemia|neoplasm|pain|pregnancy|shock|smoking"
    r"|syndrome|trauma|tumou?r|ulcer)s?|injuries",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\S+")
_MARKS: Final = re.compile(r"[,;()/]")


def cut_phrases(cell: str) -> list[Part] | None:
    """Return the places of the names in a cell; None where its words do not tell.

    >>> cut_phrases("Heart Failure Chronic Kidney Disease")
    [(0, 13), (14, 36)]
    >>> cut_phrases("Diabetes Mellitus, Type 1")
    [(0, 25)]
    >>> cut_phrases("Knee Replacement Pain")
    """
    return _several(cell) or ([(0, len(cell))] if _is_one(cell) else None)


def _is_one(cell: str) -> bool:
    """Whether all words but the last only qualify it, a qualifier behind a comma aside."""
    head, comma, tail = cell.partition(", ")
    if ";" in cell or (comma and not is_qualifier(tail)):
        return False
    words = head.split()
    if len(words) > 1 and _BEHIND.fullmatch(words[-1]):
        words.pop()
    return bool(words) and not _QUALIFIES.fullmatch(words[-1]) and all(map(_QUALIFIES.fullmatch, words[:-1]))


def _several(cell: str) -> list[Part] | None:
    """Cut behind each noun that is a condition; None where other nouns are left, or where there is one only."""
    if _MARKS.search(cell):
        return None
    parts: list[Part] = []
    begin: int | None = None  # of the name whose noun has not come yet
    for word in _WORD.finditer(cell):
        follows = bool(parts) and begin is None
        if follows and (_BEHIND.fullmatch(word[0]) or _KIND.fullmatch(word[0])):
            parts[-1] = (parts[-1][0], word.end())
        elif _CONDITION.fullmatch(word[0]):
            if follows and _GENERAL.fullmatch(word[0]):
                return None
            parts.append((word.start() if begin is None else begin, word.end()))
            begin = None
        elif _QUALIFIES.fullmatch(word[0]) or (begin is not None and _KIND.fullmatch(word[0])):
            begin = word.start() if begin is None else begin
        else:
            return None
    return parts if len(parts) > 1 and begin is None else None
