"""A page of Markdown as one file of HTML, its pictures inside: a browser opens it, and it can be sent to somebody."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping

from markdown_it import MarkdownIt

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
img { max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid #8888; text-align: right; white-space: nowrap; }
"""


def as_html(title: str, page: str, pictures: Mapping[str, bytes]) -> str:
    """The whole file.

    Args:
        title: of the browser's window, plain text.
        page: Markdown; HTML in it is shown as it is written.
        pictures: PNG files by the names that the page uses for them.
    """
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(page)
    for name, content in pictures.items():
        inside = base64.b64encode(content).decode("ascii")
        body = body.replace(f'src="{name}"', f'src="data:image/png;base64,{inside}"')
    head = f'<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n<style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}</body>\n</html>\n'
