"""The lessons as a web site: from a folder, with no server and no network, its players play and its links lead on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

SITE = Path(__file__).parents[2] / "notebooks" / "site.py"
LINKS = "() => [...document.querySelectorAll('a[href$=\".html\"]')].map((link) => link.href)"


def test_the_site_works_from_a_folder_and_asks_nobody(browser: Any, tmp_path: Path) -> None:
    subprocess.run([sys.executable, SITE, tmp_path / "site"], check=True, cwd=tmp_path, capture_output=True)
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda told: told.type in ("error", "warning") and said.append(told.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    index = (tmp_path / "site" / "index.html").as_uri()
    page.goto(index)
    titles = page.locator("a").all_inner_texts()
    assert len(titles) == 14
    for title in titles:
        page.goto(index)
        page.get_by_role("link", name=title, exact=True).click()
        assert page.locator("h1").first.inner_text().strip("¶").endswith(title)
        player = page.locator(".agv-player").first
        player.wait_for()
        at_the_end = player.locator(".agv-caption").inner_text()
        player.focus()
        page.keyboard.press("Home")
        assert player.locator(".agv-caption").inner_text() != at_the_end
        links = page.evaluate(LINKS)
        assert len(links) >= 2
        assert [link for link in links if not Path(link.removeprefix("file://")).exists()] == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{title} is too wide"
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    context.close()
