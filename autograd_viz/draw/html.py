"""HTML: the player and its plays in a single file, for a reader without Jupyter and without a network.

A play stands in the page as data: packed (`packed.py`) in an attribute of the element where it is to be shown, which no
text in it can end. The player is the very files that JupyterLab runs, joined in the order of their imports, without their comments, once a
page, however many pictures it shows; its code stays readable. A content security policy forbids the page every connection, and every
script but ours, which it knows by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autograd_viz.draw.clean import clean
from autograd_viz.draw.packed import letters, pack

if TYPE_CHECKING:
    from autograd_viz.draw.picture import Picture

Play = dict[str, Any]
STATIC = Path(__file__).parent.parent / "labextension" / "static"
ENTRIES = ("packed.js", "player.js")
STYLES = ("picture.css", "player.css")

_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./([\w-]+\.js)";[ \t]*$|^import\s+"\./([\w-]+\.js)";[ \t]*$', re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/)[\s\S])*\*/[ \t]*|//.*)\n|^[ \t]+|^\n", re.MULTILINE)  # whole lines, and what indents a line

# The end of the page's one script. A play that cannot be unpacked or shown leaves in its place what stood there without the player.
_SHOW = """
document.head.append(Object.assign(document.createElement("style"), { textContent: await inflated("STYLE") }));
for (const place of document.querySelectorAll("[data-agv-play]")) {
  try {
    const play = await unpack({ schema: 1, packed: place.dataset.agvPlay });
    place.replaceChildren();
    place.parentElement.classList.remove("jp-RenderedHTMLCommon", "rendered_html");  // in a notebook's page: its looks of tables and lists
    mount(place, play);
  } catch (error) {
    console.error("autograd_viz cannot show this picture", error);
  }
}
"""


def html(plays: Play | Sequence[Play], title: str = "") -> str:
    """The page of one play, or of several below each other."""
    plays = [plays] if isinstance(plays, dict) else plays
    title = title or next((play["title"] for play in plays if play["title"]), "autograd_viz")
    allowed = f"script-src '{_hash(code())}'; style-src 'unsafe-inline'; img-src data: blob:"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return "\n".join([
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(clean(title, 200))}</title>",
        "<style>",
        ":root { color-scheme: light dark; }",
        "body { margin: 0; padding: 16px; background: light-dark(#ffffff, #171a21); color: light-dark(#1d2430, #e8ebf0); }",
        "h2 { font: 600 15px system-ui, sans-serif; } section + section { margin-top: 32px; }",
        "</style>",
        "</head>",
        "<body>",
        "<main>",
        *(_section(play, headed=len(plays) > 1) for play in plays),
        "</main>",
        f'<script type="module">{code()}</script>',
        "</body>",
        "</html>",
        "",
    ])  # fmt: skip


def save_page(path: str | Path, pictures: Picture | Iterable[Picture], title: str = "") -> Path:
    """Write several pictures (or one) into one HTML file, each with its player.

    Raises ValueError if the path does not end with .html or there is no picture, TypeError for what is none.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"expected a path that ends with .html, got {str(path)!r}")
    given: list[Any] = [pictures] if callable(getattr(pictures, "play", None)) else list(cast("Iterable[Picture]", pictures))
    for picture in given:
        if not callable(getattr(picture, "play", None)):
            raise TypeError(f"expected pictures, as av.draw makes them, got {type(picture).__name__}")
    if not given:
        raise ValueError("expected at least one picture, got none")
    path.write_text(html([picture.play() for picture in given], title), encoding="utf-8")
    return path


def _section(play: Play, headed: bool) -> str:
    without = f"<noscript><pre>{escape(play['text'])}</pre></noscript>"
    heading = f"<h2>{escape(clean(play['title'], 200))}</h2>" if headed and play["title"] else ""
    return f"<section>{heading}{place(play, without)}</section>"


def place(play: Play, without: str = "") -> str:
    """The element in which the player will show a play, packed already or not. `without`: markup, what it shows where no script runs."""
    return f'<div data-agv-play="{letters(play)}">{without}</div>'


def _hash(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


@cache
def code() -> str:
    """The player as the text of one module, its styles in it, which then shows every play of the page in its place."""
    style = "\n".join(_COMMENT.sub("", (STATIC / name).read_text(encoding="utf-8")) for name in STYLES)
    return f"{_COMMENT.sub('', script())}{_SHOW.replace('STYLE', pack(style))}"


@cache
def script() -> str:
    """The player's modules as one script: each file after those that it imports, import lines and the word `export` taken out."""
    done: dict[str, str] = {}
    waiting = list(reversed(ENTRIES))
    while waiting:
        name = waiting[-1]
        if name in done:
            waiting.pop()
            continue
        text = (STATIC / name).read_text(encoding="utf-8")
        needed = [found for pair in _IMPORT.findall(text) for found in pair if found and found not in done and found not in waiting]
        if needed:
            waiting += needed
        else:
            done[name] = re.sub(r"^export\s+(?=(async\s+)?(function|class|const|let)\b)", "", _IMPORT.sub("", text), flags=re.MULTILINE)
            waiting.pop()
    joined = "\n".join(done.values())
    assert "</script" not in joined.lower(), "a module of the player would end its own element"
    return joined
