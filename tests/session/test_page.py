"""A page as a single HTML file."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

from live_monitor.session.page import as_html

PAGE = "# a <b> & c\n\n![Timeline](timeline.png)\n\n| face | from |\n| --- | --- |\n| 1 | 0:07 |\n"


class Elements(HTMLParser):
    """What a browser would find."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside.append(tag)
        self.sources += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        while self._inside.pop() != tag:
            pass  # elements without an end tag, such as a picture

    def handle_data(self, data: str) -> None:
        if self._inside and data.strip():
            self.texts.setdefault(self._inside[-1], []).append(data)


def test_a_page_needs_no_other_file() -> None:
    [source] = Elements(as_html("one", PAGE, {"timeline.png": b"\x89PNG"})).sources
    kind, _, content = source.partition(",")
    assert (kind, base64.b64decode(content)) == ("data:image/png;base64", b"\x89PNG")


def test_tables_become_tables_in_html() -> None:
    texts = Elements(as_html("one", PAGE, {})).texts
    assert (texts["th"], texts["td"]) == (["face", "from"], ["1", "0:07"])


def test_text_that_looks_like_html_is_shown_literally() -> None:
    texts = Elements(as_html("a <b> & c", PAGE, {})).texts
    assert "".join(texts["h1"]) == "".join(texts["title"]) == "a <b> & c"
