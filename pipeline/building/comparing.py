"""When two texts say the same: the SQL macro `comparable`, by which conflicts and history compare words.

Here belongs only that macro. What is compared with what is `conflicts`' and `history`'s.
"""

from __future__ import annotations

from typing import Final

COMPARABLE: Final = r"""
CREATE TEMP MACRO comparable(words) AS
replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    lower(words),
    '[‐‑‒–—−]', '-', 'g'),
    -- The number of an item in a list.
    '(^|[.;:] )\(?[0-9]{1,2}[.)] ', '\1', 'g'),
    -- Punctuation that ends a word; "1.5" and "<5" keep theirs, since they would be another number without.
    '[.,;:!?]+( |$)', '\1', 'g'),
    -- Bullets, markup, quotation marks and brackets.
    '[*_#`"''´‘’‚‛“”„‟•‣◦▪●·\\()\[\]{}®™©]+', '', 'g'),
    -- A hyphen, but not the minus or the dash before a number.
    '- *([^0-9 ]|$)', '\1', 'g'),
    ' ', '')
"""
"""Makes the macro: words in one form, equal where they differ in case, markup, white space and punctuation alone.

The words are as the warehouse stores them: a single blank between two of them.
"""
