"""HTML: the player and one play in a single file, for a reader without Jupyter and without a network.

The play is data: JSON in a `<script type="application/json">`, with every `<` written as \\u003c so that no text in it can end the element.
The player is the very files that JupyterLab runs, joined in the order of their imports. A content security policy
forbids the page every connection, and every script but ours, which it knows by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

Play = dict[str, Any]
STATIC = Path(__file__).parent.parent / "labextension" / "static"
ENTRY = "player.js"
STYLES = ("picture.css", "player.css")

_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./([\w-]+\.js)";[ \t]*$|^import\s+"\./([\w-]+\.js)";[ \t]*$', re.MULTILINE)


def html(play: Play) -> str:
    """The page of a play."""
    title = escape(play["title"] or "autograd_viz")
    data = json.dumps(play, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    code = f"{script()}\nmount(document.getElementById('player'), JSON.parse(document.getElementById('play').textContent));\n"
    style = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    policy = f"default-src 'none'; script-src '{_hash(code)}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'"
    return "\n".join([
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{title}</title>",
        "<style>",
        ":root { color-scheme: light dark; }",
        "body { margin: 0; padding: 16px; background: light-dark(#ffffff, #171a21); }",
        style.replace("</", "<\\/"),
        "</style>",
        "</head>",
        "<body>",
        f'<noscript><pre>{escape(play["text"])}</pre></noscript>',
        '<main id="player"></main>',
        f'<script type="application/json" id="play">{data}</script>',
        f'<script type="module">{code}</script>',
        "</body>",
        "</html>",
        "",
    ])  # fmt: skip


def _hash(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


@cache
def script() -> str:
    """The player's modules as one script: each file after those that it imports, import lines and the word `export` taken out."""
    done: dict[str, str] = {}
    waiting = [ENTRY]
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
