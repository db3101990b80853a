"""The list given back: as it was imported, or fixed, in its own format with the edits in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from assetmap.app.lists.overview import find_list
from assetmap.app.uploads import tidy_name
from assetmap.app.views import Call, NotFoundError, View
from assetmap.project import fix_file
from assetmap.project.store import edited_cells, list_file


def _fixed(call: Call) -> Response:
    """Return a list with its edits in."""
    import pandas as pd

    info = find_list(call)
    store = call.store()
    if not info.file_name:
        raise NotFoundError("This list was made here and has no file. Take the workbook on the page Publish.")
    edits = [each for each in edited_cells(store, info.name) if each.heading]
    changes = pd.DataFrame(
        {
            "sheet": [each.part for each in edits],
            "row": [each.number for each in edits],
            "column": [each.heading for each in edits],
            "value": [each.value for each in edits],
            "reason": [f"changed by {each.who}" for each in edits],
        }
    )
    with tempfile.TemporaryDirectory(dir=call.state.scratch) as folder:
        name = tidy_name(info.file_name)
        path = Path(folder) / name
        path.write_bytes(list_file(store, info.name).content)
        columns = {each.column: each.heading for each in info.columns if each.chosen and each.understood}
        fixed = fix_file(path, changes, columns=columns or None)
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
