"""Look at the built site: every link and anchor leads somewhere, and no page takes anything from another host."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
ADDRESS = re.compile(r"url\(\s*['\"]?(?:https?:)?//")
IMPORT = re.compile(r"@import\s+['\"]?https?:")


def problems(site: Path) -> list[str]:
    """Return a sentence for each link that leads nowhere and each thing that a page would load from elsewhere."""
    found: list[str] = []
    pages = {path: html.fromstring(path.read_bytes()) for path in sorted(site.rglob("*.html"))}
    anchors = {path: set(tree.xpath("//@id")) | set(tree.xpath("//a/@name")) for path, tree in pages.items()}
    for path, tree in pages.items():
        name = path.relative_to(site)
        for element in tree.iter(*LOADS, "a"):
            target = element.get(LOADS.get(element.tag, "href"))
            if not target or target.startswith(("data:", "mailto:")):
                continue
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if element.tag != "a":
                    found.append(f"{name} loads {target}")
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if file.is_dir():
                file /= "index.html"
            if not file.is_file():
                found.append(f"{name} links to {target}: there is no such file")
            elif parts.fragment and file in anchors and unquote(parts.fragment) not in anchors[file]:
                found.append(f"{name} links to {target}: there is no such anchor")
    for path in sorted(site.rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        if ADDRESS.search(text) or IMPORT.search(text):
            found.append(f"{path.relative_to(site)} takes something from another host")
    return found
