"""What a register's reader or splitter raises for bytes that it cannot take.

Only the errors; the readers beside this module say when they raise them.
"""

from __future__ import annotations


class RegisterError(ValueError):
    """Bytes that are not what a register sends: the message says where the shape breaks and what to do about it."""
