"""HTML becomes lines of the kind that dialect T has, whatever the page."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.html import render
from pipeline.reading.lines import Page


def lines(html: str) -> list[str]:
    """Return the rendered lines of a piece of HTML."""
    return render(html).text.split("\n")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one<p>two", ["one", "two"]),
        ("<div>a <b>bold</b> word<br>next<br/><br/>last</div>", ["a bold word", "next", "last"]),
        ("<ul><li>a<li><p>b</p><p>c</p></ul>after", ["- a", "- b", "c", "after"]),
        ("<ol><li>a<ul><li>inner</ul><li>b</ol>", ["- a", "  - inner", "- b"]),
        ("<table><tr><th>A<th>B<tr><td>1<td>2</table>", ["A | B |", "1 | 2 |"]),
        ("<table><tr><td>1<td><p>2</p><p>3</p><td>4</table>", ["1 |", "2", "3", "|", "4 |"]),
        ("<table><tr><td>x<br></td><td></td><td>y</td></table>", ["x | | y |"]),
        ("<table><tr><td></td><td> </td></table>end", ["end"]),
        ("<table><tr><td>1<td><ul><li>2<li>3</ul></table>", ["1 |", "- 2", "- 3", "|"]),
        (
            "<table><tr><th>1<br>2</th>\n<td><ul>\n<li>3</li>\n<li>4</li></ul></table>",
            ["1", "2", "|", "- 3", "- 4", "|"],
        ),
        ("<table><tr><td>a<table><tr><td>b<td>c</table>d</td></tr></table>", ["a", "b | c |", "d", "|"]),
        ("<dl><dt>Label<dd>value<dd>other</dl>", ["Label", "value", "other"]),
        ("a&nbsp;&nbsp;b&#160;[&nbsp;c&nbsp;]", ["a b [ c ]"]),
        ("<pre>one\n  two\n\nthree</pre>four", ["one", "two", "three", "four"]),
        ('<span style="display:block">a</span><span style="display: block">b</span>', ["a", "b"]),
        ('a<i style="DISPLAY : none">b</i><p hidden>c</p><b style="visibility:hidden">d</b>', ["a"]),
        ("<ruby>a<rp>(<rt>b<i>c</i><rp>)</ruby>d", ["ad"]),
        ("<pre>a &amp;\n<b>b</b> <!-- c -->d", ["a &", "b d"]),
        ("<table><tr><td></td><td><ul></ul>a<p>b</table>", ["a", "b", "|"]),
        ("<tr> <th><table><td></table><div>a<b>b</b></div><table><tr>", ["ab", "|"]),
        ("a<script>b</script><style>c</style><template>d</template><!-- e --><noscript>f</noscript>", ["a"]),
        ("", [""]),
    ],
)
def test_lines(html: str, expected: list[str]) -> None:
    """Each element breaks, joins or hides text as a browser shows it; else values of two cells run together."""
    assert lines(html) == expected


def test_headings_and_head() -> None:
    """Levels stand at the right lines and the links are found; else a layout takes a menu for the title."""
    html = (
        "<head><title> A  page </title><link rel=canonical href='https://example.org/NCT01234567'>"
        "<meta property='og:url' content='https://example.org/other'></head>"
        "<p>menu<h1>The <i>title</i></h1>text<h2>Part<br>two</h2><p>more"
    )
    found = render(html)
    assert found.text.split("\n") == ["menu", "The title", "text", "Part", "two", "more"]
    assert found.levels == {2: 1, 4: 2, 5: 2}
    assert found.title == "A page"
    assert found.links == {"canonical": "https://example.org/NCT01234567", "og:url": "https://example.org/other"}
    page = Page(found.text, levels=found.levels, html=True)
    assert [line.level for line in page.lines] == [0, 1, 0, 2, 2, 0]


def test_nothing_in_the_head() -> None:
    """A page without a head has no title and no links; else None and "" get mixed up."""
    assert render("<p>a")[2:] == (None, {})
    assert render("<head><title> </title><link rel=canonical></head>a")[2:] == (None, {})


@pytest.mark.parametrize("element", ["div", "span", "ul><li", "table><tr><td"])
def test_deep_nesting(element: str) -> None:
    """A page nested twenty thousand deep is rendered; else one bad page ends the whole run."""
    assert "deep text" in render(f"<{'><'.join([element] * 20_000)}>deep <b>text</b>").text


def test_only_the_head_speaks_of_the_page() -> None:
    """A title or an address in the page's body is somebody else's: a picture's, another page's."""
    found = render("<head><title></title><title>One</title><title>Two</title></head><svg><title>No</title></svg>")
    assert found.title == "One"
    assert render("<body>a<p><link rel=canonical href=/no><title>No</title>b")[2:] == (None, {})


_TAGS = st.sampled_from(
    ["div", "p", "b", "a", "br", "form", "table", "tr", "td", "th", "ul", "ol", "li", "h1", "pre", "dl", "dt"]
) | st.sampled_from(["html", "head", "body", "title", "script", "select", "option", "rt"])
_PIECES = st.one_of(
    _TAGS.map("<{}>".format),
    _TAGS.map("<{} hidden>".format),
    _TAGS.map("</{}>".format),
    st.sampled_from(["word", " ", "a b", "\n", "|", "- x", "&nbsp;", "&amp;", "<!-- c -->"]),
)


def shown(html: str) -> str:
    """Return the words that bs4's own tree of the page shows, without blanks, bars and dashes."""
    tree = BeautifulSoup(html, "lxml")
    for element in tree.find_all(["head", "script", "title", "select", "rt", lambda tag: tag.has_attr("hidden")]):
        if element.name != "br":
            element.extract()
    return words(tree.get_text())


def words(text: str) -> str:
    """Return a text without blanks, bars and dashes."""
    return "".join(text.translate(dict.fromkeys(map(ord, "|-"))).split())


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=30))
def test_any_html(pieces: list[str]) -> None:
    """Unclosed and crossed tags lose and add no word, as bs4's tree of them tells, and no line is blank or padded."""
    html = "".join(pieces)
    found = render(html)
    assert words(found.text) == shown(html)
    for line in found.text.split("\n") if found.text else []:
        assert line.strip()
        assert line == line.rstrip()
    assert all(0 < number <= len(found.text.split("\n")) for number in found.levels)


def test_a_page_that_opens_as_xml_is_read_without_a_word() -> None:
    """bs4 warns of it: on the terminal of a build it would look like a fault of the document (found by fuzzing)."""
    page = f"<?xml version='1.0'?>{' ' * 600}<p>One</p><p>Two</p>"
    assert render(page).text == "One\nTwo"
