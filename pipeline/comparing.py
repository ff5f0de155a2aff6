"""When two texts say the same: the SQL macro `comparable`, by which conflicts and history compare words.

Here belongs only that macro. What is compared with what is `conflicts`' and `history`'s.
"""

from __future__ import annotations

from typing import Final

COMPARABLE: Final = r"""
CREATE TEMP MACRO comparable(words) AS
regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    lower(words),
    '[‐‑‒–—−]', '-', 'g'),
    -- The number of an item in a list.
    '(^|[.;:]\s+)\(?[0-9]{1,2}[.)]\s+', '\1', 'g'),
    -- Punctuation that ends a word; "1.5" and "<5" keep theirs, since they would be another number without.
    '[.,;:!?]+(\s|$)', '\1', 'g'),
    -- White space, bullets, markup, quotation marks and brackets.
    '[\s*_#`"''´‘’‚‛“”„‟•‣◦▪●·\\()\[\]{}®™©]+', '', 'g'),
    -- A hyphen, but not the minus or the dash before a number.
    '-([^0-9]|$)', '\1', 'g')
"""
"""Makes the macro: words in one form, equal where they differ in case, markup, white space and punctuation alone."""
