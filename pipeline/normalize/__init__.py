"""Words to values, one module a kind of value.

Every function here is pure, takes the source's words and answers a value or None. Nothing here knows a page layout
or a register's format, and nothing here reads files.
"""
