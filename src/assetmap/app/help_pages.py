"""The documents, as pages of the app: they are there without a network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, Response

from assetmap.app.pages import Page
from assetmap.app.views import Call, NotFoundError, View

NAME: Final = re.compile(r"[a-z][a-z_]*")
PICTURE: Final = re.compile(r"[a-z][a-z0-9-]*\.png")


def docs_folder() -> Path:
    """Return the folder of the documents: inside the package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "docs"
    return installed if installed.is_dir() else package.parents[1] / "docs"


def _show(call: Call) -> Page:
    from markdown_it import MarkdownIt

    name = str(call.request.path_params["name"]).removesuffix(".md")
    path = docs_folder() / f"{name}.md"
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFoundError("There is no such help page.")
    text = path.read_text(encoding="utf-8")
    title = text.split("\n", 1)[0].removeprefix("# ")
    html = MarkdownIt("js-default", {"linkify": False}).render(text.split("\n", 1)[1])
    html = re.sub(r'href="([a-z_]+)\.md(#[\w-]*)?"', r'href="/help/\1\2"', html)
    html = re.sub(r'src="img/([a-z0-9-]+\.png)"', r'src="/help/pictures/\1"', html)
    html = html.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')
    return Page("help.html", title, "", name, {"html": html})


def _picture(call: Call) -> Response:
    name = str(call.request.path_params["name"])
    path = docs_folder() / "img" / name
    if not PICTURE.fullmatch(name) or not path.is_file():
        raise NotFoundError("There is no such picture.")
    return FileResponse(path)


VIEWS: Final = (
    View("/help/{name}", show=_show),
    View("/help/pictures/{name}", show=_picture),
)
