"""The registers' machine formats, one module a format, and the client that fetches them.

A format's module has `NAME` (the name in `documents.layout`), `SOURCE` (the key in `sources`), `read(study) -> Read`
and `content_bytes(study)`, the bytes without the release's stamp. Pages are `pipeline.layouts`' business.
"""
