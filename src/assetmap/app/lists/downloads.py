"""The list given back: as it was imported, or fixed, in its own format with the edits in."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from assetmap.app.lists.overview import find_list
from assetmap.app.pages import Page
from assetmap.app.uploads import tidy_name
from assetmap.app.views import Call, NotFoundError, View
from assetmap.project.store import fixed_list, list_file


def _fixed(call: Call) -> Response | Page:
    """Return a list with its edits in; first say what could not be put into the file, if anything."""
    info = find_list(call)
    if not info.file_name:
        raise NotFoundError(
            "This list was made here and has no file. Download the workbook from the Publish page."
        )
    fixed, name = fixed_list(call.store(), info.name), tidy_name(info.file_name)
    if fixed.notes and "anyway" not in call.request.query_params:
        return Page(
            "lists/fixed.html",
            "What the fixed list does not hold",
            "Read this before you take the file.",
            "your_lists",
            {"info": info, "notes": fixed.notes},
            section="lists",
        )
    stem = (
        name.removesuffix("".join(Path(name).suffixes[-1:]))
        if not name.endswith(".gz")
        else name.rsplit(".", 2)[0]
    )
    return _download(fixed.content, f"{stem}-fixed{fixed.suffix}")


def _original(call: Call) -> Response:
    info = find_list(call)
    if not info.file_name:
        raise NotFoundError("This list was made here and has no file.")
    return _download(list_file(call.store(), info.name).content, tidy_name(info.file_name))


def _download(content: bytes, name: str) -> Response:
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    headers = {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type="application/octet-stream", headers=headers)


VIEWS: Final = (
    View("/p/{key}/lists/{name}/fixed", show=_fixed),
    View("/p/{key}/lists/{name}/original", show=_original),
)
