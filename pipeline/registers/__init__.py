"""The registers' machine formats, one module a format, and the client that fetches them.

A format's module has `NAME` (the name in `documents.layout`), `SOURCE` (the key in `sources`), `read(study) -> Read`
and `stamps(study)`, where the release stamped its bytes. Pages are `pipeline.layouts`' business.
"""
