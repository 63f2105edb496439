"""A report in Markdown as one page of HTML with its figures inside. The only file that knows the Markdown library."""

import base64
from collections.abc import Mapping
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.6 system-ui, sans-serif; color: #1f2933; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
img { max-width: 100%; height: auto; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: .9rem; }
th, td { border: 1px solid #cbd2d9; padding: .3rem .6rem; text-align: left; vertical-align: top; min-width: 3rem; }
td { overflow-wrap: anywhere; } th { background: #f0f4f8; white-space: nowrap; }
""".strip()


def page(title: str, markdown: str, plots: Mapping[str, str]) -> str:
    """The whole page; it loads nothing, and what a citizen wrote in a case stays text."""
    reader = MarkdownIt("zero").enable(["heading", "table", "image"])  # neither HTML nor links
    tokens = reader.parse(markdown)
    for token in tokens:
        token.children = [_embedded(child, plots) for child in token.children or []]
    body = reader.renderer.render(tokens, reader.options, {})
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return f'<!doctype html>\n<html lang="zh"><head>{head}</head>\n<body>\n{body}</body></html>\n'


def _embedded(token: Token, plots: Mapping[str, str]) -> Token:
    """A figure of this report in place of its name; any other picture is left as the words that named it."""
    if token.type != "image":
        return token
    source = str(token.attrs["src"])
    if source not in plots:
        return Token("text", "", 0, content=f"![{token.content}]({source})")
    data = base64.b64encode(plots[source].encode()).decode()
    token.attrSet("src", f"data:image/svg+xml;base64,{data}")
    return token
