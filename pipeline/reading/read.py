"""One document's bytes to its record: which reader a kind of document has, and how a refusal is worded.

Here belongs the way from bytes to a `Record` with all that identifies the document. Where the bytes come from is
`documents`' business; what the words become is `tabulate`'s and `values`'.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline import layouts
from pipeline.layouts import NotRecognisedError
from pipeline.reading.decode import Decoded, UndecodableError, decode
from pipeline.reading.html import Rendered, TooDeepError, render
from pipeline.reading.lines import Page
from pipeline.reading.sniff import Kind, sniff
from pipeline.reading.tabulate import Extracted
from pipeline.registers import ctgov_json, ctgov_xml
from pipeline.registers.errors import RegisterError
from pipeline.registers.shape import Read


class Identity(NamedTuple):
    """What a document is, whether or not it can be read."""

    document_id: str
    """SHA-256 of its bytes."""
    content_id: str
    """The same without the release's stamp."""
    kind: Kind


class Reading(NamedTuple):
    """A document that was read, and how."""

    extracted: Extracted
    source: str
    dialect: str | None
    encoding: str | None
    encoding_rule: str | None


class Bounds(NamedTuple):
    """How much one document may be; each is a setting of the same name."""

    page_bytes_limit: int = 16 << 20
    """Bytes of a page. Reading one takes some 15 times its size in memory; the longest real ones have some 2 MB."""
    page_elements_limit: int = 1_000_000
    """Tags of an HTML page, lines of a text: 16 MB of real ones have 900,000."""
    page_depth_limit: int = 1_000
    """Elements of an HTML page inside each other; browsers stop at 512."""
    page_line_limit: int = 1 << 16
    """Characters of a line of a page: a register's longest field has 32,000."""
    document_elements_limit: int = 2_000_000
    """Values of a JSON study, tags of an XML one: real ones have one in 17 bytes, and at most some 20 MB."""


_Reader = Callable[[bytes, Identity, str | None, Bounds], Reading]


class UnreadableError(ValueError):
    """A document that cannot be read; `rule` is stable, the message names the place and the remedy."""

    def __init__(self, rule: str, reason: str) -> None:
        """Keep the rule beside the message."""
        super().__init__(reason)
        self.rule = rule


MEDIA_TYPES: Final[Mapping[Kind, str]] = {
    Kind.EMPTY: "application/x-empty",
    Kind.JSON_OBJECT: "application/json",
    Kind.JSON_ARRAY: "application/json",
    Kind.NDJSON: "application/x-ndjson",
    Kind.XML_STUDY: "application/xml",
    Kind.XML: "application/xml",
    Kind.ZIP: "application/zip",
    Kind.GZIP: "application/gzip",
    Kind.HTML: "text/html",
    Kind.TEXT: "text/plain",
    Kind.BINARY: "application/octet-stream",
}
# The classic site printed when it made the page: no part of what the page says of the trial.
_PROCESSED: Final = re.compile(rb"ClinicalTrials\.gov processed this record on [^<\n]{0,60}")


def identify(data: bytes) -> Identity:
    """Return the document's hashes and what its bytes are."""
    kind = sniff(data)
    stamps = _STAMPS[kind](data) if kind in _STAMPS else ()
    view = memoryview(data)
    at = stamps[0][0] if stamps else len(data)
    # What stands before the first stamp, in JSON nearly all of a study, is hashed once for both.
    whole = hashlib.sha256(view[:at])
    content = whole.copy()
    whole.update(view[at:])
    for start, end in stamps:
        content.update(view[at:start])
        at = end
    content.update(view[at:])
    return Identity(whole.hexdigest(), content.hexdigest(), kind)


def read(data: bytes, identity: Identity, url: str | None, bounds: Bounds = Bounds()) -> Reading:  # noqa: B008 - immutable
    """Read one document; `url` is its address where a manifest says so, `bounds` how much it may be.

    Raises:
        UnreadableError: where it is no document that Trialhouse reads. Nothing else is raised, whatever the bytes.
    """
    reader = _READERS.get(identity.kind)
    if reader is None:
        raise UnreadableError(*_REFUSALS.get(identity.kind, _REFUSALS[Kind.BINARY]))
    _check_bounds(data, identity.kind, bounds)
    try:
        return reader(data, identity, url, bounds)
    except UnreadableError:
        raise
    except UndecodableError as error:
        raise UnreadableError("undecodable", str(error)) from error
    except NotRecognisedError as error:
        raise UnreadableError("not_recognised", str(error)) from error
    except RegisterError as error:
        raise UnreadableError("broken_study", str(error)) from error
    except RecursionError as error:
        raise UnreadableError("too_deep", "it is nested too deeply: no study is; download it again") from error
    except Exception as error:  # a fault of ours must cost this document only, and be seen
        raise UnreadableError("reader_failed", fault(error)) from error


def fault(error: BaseException) -> str:
    """Return the reason of a failure of ours: what failed and where in the code, but none of the error's own words.

    They may quote the document, and with it a person's telephone number.
    """
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [(path, line) for path, line in frames if path.is_relative_to(_CODE)]
    at = f" at {ours[-1][0].relative_to(_CODE).as_posix()}:{ours[-1][1]}" if ours else ""
    return f"Trialhouse's reader failed ({type(error).__name__}{at}); please report it"


def _check_bounds(data: bytes, kind: Kind, bounds: Bounds) -> None:
    """Refuse what would take too much memory, before anything is made of it.

    Raises:
        UnreadableError: naming the limit.
    """
    is_page = kind in (Kind.HTML, Kind.TEXT)
    if is_page and len(data) > bounds.page_bytes_limit:
        raise UnreadableError(
            "too_large",
            f"it is a page of {len(data):,} bytes, page_bytes_limit allows {bounds.page_bytes_limit:,}: no study's "
            "page is so long; raise the limit if this one is",
        )
    name = "page_elements_limit" if is_page else "document_elements_limit"
    limit = getattr(bounds, name)
    if len(data) > limit and sum(map(data.count, _ELEMENTS[kind])) > limit:
        raise UnreadableError(
            "too_many_elements",
            f"it has more than {limit:,} elements, which {name} allows: no study has so many; raise the limit if "
            "this one has",
        )


def _read_page(data: bytes, identity: Identity, url: str | None, bounds: Bounds) -> Reading:
    decoded = decode(data)
    if identity.kind is Kind.HTML:
        rendered = _render(decoded.text, bounds)
        address = url or next(iter(rendered.links.values()), None)
        page = Page(rendered.text, url=address, levels=rendered.levels, html=True)
    else:
        page = Page(decoded.text, url=url)
    longest = max((len(line.text) for line in page.lines), default=0)
    if longest > bounds.page_line_limit:
        raise UnreadableError(
            "too_long_line",
            f"it has a line of {longest:,} characters, page_line_limit allows {bounds.page_line_limit:,}: no study's "
            "page has; raise the limit if this one does",
        )
    return _read_lines(page, decoded, identity)


def _render(html: str, bounds: Bounds) -> Rendered:
    try:
        return render(html, bounds.page_depth_limit)
    except TooDeepError as error:
        raise UnreadableError(
            "too_deep", f"{error}, which page_depth_limit allows: no page is; save it again once it has loaded"
        ) from None


def _read_lines(page: Page, decoded: Decoded, identity: Identity) -> Reading:
    if not page.lines:
        raise UnreadableError("empty", "it shows no text: save the page again once it has loaded")
    layout = layouts.recognise(page).layout
    record = layout.read(page)
    unread = tuple((line.number, line.text) for line in page.unread())
    extracted = Extracted(identity.document_id, layout.NAME, record, page.text, page.url, page.address, unread)
    return Reading(extracted, layout.SOURCE, page.dialect, decoded.encoding, decoded.rule)


def _register(module_name: str, source: str, reader: Callable[[bytes], Read]) -> _Reader:
    def read_study(data: bytes, identity: Identity, url: str | None, _: Bounds) -> Reading:
        found = reader(data)
        unread = tuple((None, path) for path in found.unread)
        extracted = Extracted(identity.document_id, module_name, found.record, None, url, None, unread)
        return Reading(extracted, source, None, None, None)

    return read_study


_CODE: Final = Path(__file__).resolve().parent.parent
# The bytes that a document has for every element that it can hold, counted without reading it.
_ELEMENTS: Final[Mapping[Kind, tuple[bytes, ...]]] = {
    Kind.JSON_OBJECT: (b"{", b"[", b","),
    Kind.XML_STUDY: (b"<",),
    Kind.HTML: (b"<",),
    Kind.TEXT: (b"\n",),
}
_REFUSALS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.EMPTY: ("empty", "it holds nothing: save or download it again"),
    Kind.BINARY: ("binary", "its bytes are no text, JSON, XML or HTML: save the page as text or HTML"),
    Kind.XML: ("unknown_xml", "its root is no <clinical_study>: only the register's XML of studies is read"),
    Kind.JSON_ARRAY: ("nested_list", "it is a list inside a list: give the list of studies itself"),
}
_READERS: Final[Mapping[Kind, _Reader]] = {
    Kind.JSON_OBJECT: _register(ctgov_json.NAME, ctgov_json.SOURCE, ctgov_json.read),
    Kind.XML_STUDY: _register(ctgov_xml.NAME, ctgov_xml.SOURCE, ctgov_xml.read),
    Kind.HTML: _read_page,
    Kind.TEXT: _read_page,
}
_STAMPS: Final[Mapping[Kind, Callable[[bytes], Sequence[tuple[int, int]]]]] = {
    Kind.JSON_OBJECT: ctgov_json.stamps,
    Kind.XML_STUDY: ctgov_xml.stamps,
    Kind.HTML: lambda data: [found.span() for found in _PROCESSED.finditer(data)],
}
