"""Files that a browser sends: their names are tidied, they are written whole, and nothing opens them here."""

from __future__ import annotations

import functools
import re
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from starlette.datastructures import UploadFile

from assetmap.app.views import FieldError
from assetmap.project.output import write_file

LONGEST_NAME: Final = 120
RESERVED: Final = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names that Windows gives to devices."""


def save_uploads(files: Sequence[UploadFile], folder: Path, *, field: str) -> list[Path]:
    """Write files into a folder; a file of the same name is replaced.

    Parameters
    ----------
    files
        As the form has them.
    folder
        It is there.
    field
        Name of the field, for the message.

    Returns
    -------
    list of pathlib.Path
        The files, in the order of the form.

    Raises
    ------
    FieldError
        If there is no file.
    """
    if not files:
        raise FieldError(field, "Choose at least one file.")
    written = []
    for file in files:
        written.append(
            write_file(folder / tidy_name(file.filename or ""), functools.partial(_copy, file.file))
        )
    return written


def _copy(source: IO[bytes], path: Path) -> None:
    with path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def tidy_name(name: str) -> str:
    r"""Return the name of a file without folders, control characters and what a system forbids.

    Examples
    --------
    >>> tidy_name("../../etc/passwd"), tidy_name(r"C:\lists\groups 2025.xlsx"), tidy_name("con.csv")
    ('passwd', 'groups 2025.xlsx', '_con.csv')
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = re.sub(r"[^\w .()&+,-]", "_", last).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        plain = stem[: LONGEST_NAME - len(ending) - 1] + dot + ending[:20]
    plain = plain or "file"
    return f"_{plain}" if RESERVED.match(plain) else plain
