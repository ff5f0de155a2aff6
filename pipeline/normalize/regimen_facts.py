"""The forms of the facts of a regimen: the grammar, which `regimens` reads with after `regimen_tokens`.

Here belongs which sequence of words, by their classes, is a dose, a route, an interval, a count, the days of a cycle, a
cycle's length, a number of cycles or a duration, and which sequence must not be read as one of them (a cap, a total,
the length of an infusion). How a form is read belongs to `regimen_readers`, what the rest of the text says of a fact
to `regimen_context`, which facts belong together to `regimens`.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.normalize import regimen_readers as read
from pipeline.normalize.regimen_readers import Builder, Fact
from pipeline.normalize.regimen_tokens import Tokens

# --- The grammar -----------------------------------------------------------------------------------------------------
# One line a form: what it is called, its pattern over the classes of words, and its reader. The first that fits at a
# place wins, so the longer stand before the shorter. `#` is a number, `%` a unit of time.

_GRAMMAR: Final[tuple[tuple[str, str, Builder], ...]] = (
    # What must not be read as a dose or a time.
    ("weeks of giving", "T_?N[-~t]N(?!%)", read.nothing),
    ("cap", "m[lQoaYk:,&tI]{0,4}A(?:[-~t]A)?", read.nothing),
    ("total", "GQ?[oa:(]{0,2}A(?:,?[|:]A)?(?:[xfi]#~?%)?", read.total),
    ("threshold", r"<(?:\|st)?[NA](?!D[pa/E]T)%?", read.nothing),
    ("diluent", "(?<=[ARwI)])i(?:A(?:oA)?|q)(?:o?[sa]?w+|DN)?|Wq", read.nothing),
    ("supplied", "Z[sawoid,:&|]{0,5}(?:[AqNn][,|&~()/-]*)+|(?:[NA][,|&]{1,2}|N/){0,9}A(?=s?Z)", read.nothing),
    ("radiation in weeks", "Ai#~?%", read.in_weeks),
    ("fractions", "A(?:/|i|[sw]?iN?)N[sw]?I?(?![%V])", read.fractions),
    ("observed", "e[s,H]{0,3}(?:f|ut|v|@)[lmGoa]{0,3}#~?[-~t]?#?%|#~?%e", read.nothing),
    ("followed", "H(?:ut?)?f?[lmGoa]{0,3}#~?%(?!o?r)", read.followed),
    ("age", "#(?:[-~t]#)?~?%B", read.nothing),
    # Doses.
    ("daily", "Yw{0,2}Q[oa:s@]{0,3}(?:[Nn][-~t])?A(?:[-~t]A)?", read.daily),
    ("daily doses", "YQo(?=w[^.;]{0,8}V)", read.nothing),
    ("divided", "V(?:i?#?s?[QI](?![zZ])|(?=F))|i#V[QI]", read.divided),
    ("pieces", "#x?~?Aw?w?P|#(?:[-~t]#)?[sR]?P(?:oA|[pa/]D)?", read.pieces),
    ("strength", "(?:[NA][,|&]{1,2}|N/){0,9}A(?=s?P)", read.strength),
    ("between", "B[NA]&A", read.between),
    ("up to", "utA|@lA", read.bound),
    ("up to pieces", "ut#P|@l#P", read.bound_pieces),
    ("per volume", "A/A", read.per_volume),
    ("combination", "N(?:/N){0,4}/A", read.combination),
    ("changed by", "(?<!H)BA(?![-~t|&,]{1,2}[AN])", read.changed),
    ("amounts", "(?:(?:[Nn]|A)[-~t])?A|(?<![TDC])(?:N(?:,[|&]?|[|&])){1,20}(?:N[-~t])?A", read.amounts),
    # Cycles.
    ("counted cycles", "##~?%[sw]?C", read.counted_cycles),
    ("part of a cycle", "#~?%oa?E?(?:#~?%)?[sIw]?C", read.part_of_cycle),
    (
        "cycle",
        "E?#[~-]?%[sIw]?C|E#[~-]?%[sIw]?c|(?:[Nn]G?)?[Cc]s?[(]?(?:o|:|s|B|j|jsd)#~?%|[Nn]?C[(]#~?%|#%[pa]C",
        read.cycle,
    ),
    ("as a cycle", r"f?#~?%(?:oI)?(?:\([^()]{1,4}\))?(?:[dj](?:a|#)?|(?:js?|s)d?(?:a|#))[Cc]", read.as_a_cycle),
    ("every n cycles", "da#[Cc]|[EBh]a?[Bh]?#[sw]?[Cc]|[Cc]#(?:(?:,?&|[-~t,])#)*|#[-~t|&]#[sw]?[Cc]", read.nothing),
    ("cycles", "#[swG]?[Cc](?![sw]?%)", read.cycles),
    # Frequencies.
    ("on and off", "#~?%b,?[/|&-]?#~?%?r|#~?%[s]?b[,&/]*#~?%?r", read.on_off),
    ("rest", "(?:H[,B&aW]{0,3}|[,&W]a?|(?<!B))#~?%o?r", read.rest),
    ("times in", "#Xi#?[TD]|#XiaT", read.times_in),
    (
        "several times a day",
        "#(?:[-~t|]#)X?[Epa/i]{0,3}(?:Y|[TD])(?![oI])|#[-~t|]#I[pa/E][TD]|E#[-~t|]#~?[TD]|O[|~-]O[Epa/i]{0,3}(?:Y|%)?",
        read.ranged,
    ),
    ("times a day", "(?:O|#X|#x)[Epa/i]{1,3}(?:#?~?[TD]|L[TD]|Y)|(?:O|#X|#x)(?:Y|%)|O[pa/E]?M|O~Y", read.times),
    ("so long a day", "#~?T[pa/E][DM]", read.so_long_a_day),
    ("days a week", "<?#L?D[pa/E]T|#~?[wRs]{0,2}I[pa/E][TD]|#DY|#I?Y(?=[.,;)]|$)", read.times),
    ("of seven days", "#s?o#[MD](?:[pa/E]T)?", read.of_seven),
    ("every", "E#?~?[TD]|EL[TD]|ET[TD]|L[TD]|#~?[TD][KJ]|Jo#[TD]", read.every),
    ("multiple", "[Nn]~?Y(?=J)|[Nn]~Y", read.multiple),
    ("every morning", "(?:[@iE]{1,2}|(?<=g))M(?:[,&]{1,2}[@iE]{0,2}M){0,3}(?!B)|M[,&]{1,2}M", read.once_a_day),
    ("word", "O?[YF]", read.word),
    # Counts.
    ("per fraction", "#(?:I|Q)(?:[pa/]|z)|E#[sw]{0,2}[IQ]", read.nothing),
    ("range of counts", "#[-~t|]#~?(?:[RYs]|w(?=[RYsIQ])|#~%){0,3}[IQX]", read.nothing),
    ("count", "#X(?!w)|#~?(?:[RYsz]|w(?=[RYsIQw])|#~[TD]){0,4}[IQ](?![zZ])", read.count),
    ("count of times", "(?<!N)x#(?![%ACc~YF])|faGo#(?=w)", read.count),
    ("single", "S[Rws]{0,2}I|SR?Q|S~Q(?=[.,;:)oA]|$)|S(?=A)|O(?=[.,;)]|$)|O(?=b[D])", read.count),
    # Days, points and durations.
    ("mixed points", "(?<![BNf])[DT]#(?:[,&]{1,2}[DT]#){0,12}[,&]{1,2}T#(?:[,&]{1,2}[DT]?#){0,12}", read.mixed_points),
    ("days of a week", "D~?_?N(?:(?:,?[&|]?(?:D~?)?|[-~t/]D?)_?N){0,30}oT#?(?:(?:,?[&|]?|[-~t])#){0,30}", read.nothing),
    ("before a day", "[Bt]b?a?D~?_?N(?:[t~-]D?~?_?N)?", read.from_day),
    ("days", "(?<!i)D~?_?N(?:(?:,?[&|]?(?:D~?)?|[-~t/]D?)_?N(?![%XACcI]))*(?!N)", read.days),
    ("a day", "(?<=[Rw])[pa/]D", read.per_day),
    ("days of a cycle", "#[-~t]#~?D(?=[oi@b]a?E?(?:#~?%)?[sIw]?[Cc])", read.days),
    ("days without the word", "(?<=[ARIs])(?:#[-~]#,){1,12}#[-~]#(?=[EfFYOx.;)(]|$)", read.unsaid_days),
    (
        "range of durations",
        "(?:[fvx]|ut)[lmGuto@sa]{0,4}(?:#,){0,5}#(?:[-~t|]|,[|&]|~?%[,&|]?ut)#~?%|#[-~t|]#~?%(?=o)",
        read.ranged,
    ),
    ("course of", r"(?<=\()#~?%(?=\)co)|(?<=c\()#~?%(?=\)o)", read.duration),
    (
        "for",
        "(?:f[lmGuto@sah]{0,5}#[~-]?%|f[ah]%|x#~?%|v[lmGuto@sah]{0,4}#~?%|ut#~?%|mo#~?%|Go#%)(?![pa/E]%|oB)",
        read.duration,
    ),
    ("lasting", "#[~-]?%I?s(?=[.,;)]|$)", read.lasting),
    ("of", "(?:(?<=HB)|(?<!Bh)(?<![B@i~-]))#~?%(?:s?c)?o(?![ryB])|#[~-]?%(?:s|w){0,2}I(?=[.,;)]|$)", read.duration),
    (
        "points",
        "(?<![BNf])#(?:,#){1,12},?&?#?T(?!oB)|#&#T(?!oB)|(?<=[@(:,b])T#(?:,#)*,?[&]#|(?<=[@(:,b])T#(?:,#)+",
        read.points,
    ),
    ("programme", "#[~-]%(?=[swz])|(?<=a)#%(?=[swz])", read.programme),
    ("bare", "#[~-]?%(?=[.,;)(]|$|I|s?c)", read.bare),
    ("route", "R", read.route),
)
# The group that names a form stands behind it: so its first word is looked at before a group is opened, which is twice
# as fast.
_READERS: Final = {f"r{i}": reader for i, (_, _, reader) in enumerate(_GRAMMAR)}
_NEVER_FIRST: Final = "wsjgyUkolzrbPIXKQ.;():~|_-"
"""Words with which no form begins: told at once, since most words are such."""
_SELDOM_FIRST: Final = "[,&](?!a?#)|a(?!D)|t(?!b?a?D)"
"""Words with which few forms begin, where none of those does."""
_PATTERN: Final = re.compile(
    f"(?![{_NEVER_FIRST}]|{_SELDOM_FIRST.replace('#', '[Nn]')})(?:"
    + "|".join(
        f"(?:{pattern})(?P<r{i}>)".replace("#", "[Nn]").replace("[%", "[TD").replace("%", "[TD]")
        for i, (_, pattern, _) in enumerate(_GRAMMAR)
    )
    + ")"
)


def forms(tokens: Tokens) -> list[Fact]:
    """Return what each form of the grammar says where it stands, in the order in which they are written."""
    found: list[Fact] = []
    for match in _PATTERN.finditer(tokens.shape):
        found += _READERS[match.lastgroup or ""](tokens, match.start(), match.end())
    return found
