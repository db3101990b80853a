"""``counts_form.html``: one page to print or to fill in, for a group of three; it saves a CSV file and sends nothing."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from assetmap.public import name_to_quote
from assetmap.show.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDER: Final = Path(__file__).with_name("static")
_POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
)


def write_form(path: str | Path, *, place: str, groups: Iterable[str] = ()) -> Path:
    """Write the form.

    Parameters
    ----------
    path
        File to write.
    place
        Name of the whole place, for the heading.
    groups
        Names that the page offers while a group types its own; any other name can be typed too. A name with a contact, a place or
        guarded words is not offered.

    Returns
    -------
    pathlib.Path
        The file: no requests, no cookies. The same names give the same bytes.
    """
    style = (_FOLDER / "form.css").read_text(encoding="utf-8")
    script = (_FOLDER / "form.js").read_text(encoding="utf-8")
    page = Markup((_FOLDER / "form.html").read_text(encoding="utf-8"))
    path = Path(path)
    text = page.format(
        policy=Markup(_POLICY.format(_digest(style), _digest(script))),
        place=plain(place),
        style=Markup(style),
        script=Markup(script),
        groups=Markup("").join(
            Markup('<option value="{}">').format(plain(name))
            for name in groups
            if name_to_quote(name) == name
        ),
    )
    path.write_text(str(text), encoding="utf-8", newline="\n")
    return path


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
