"""The same paper gives the same bytes: no clock, and the parts of the file in a fixed order with a fixed date."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docx.document import Document

FIXED_DATE: Final = (2000, 1, 1, 0, 0, 0)
FIRST: Final = "[Content_Types].xml"
UNIX: Final = 3


def pack_document(document: Document, *, title: str, subject: str, dated: datetime.date) -> bytes:
    """Return a Word document as bytes.

    Parameters
    ----------
    document
        The document.
    title, subject
        Core properties.
    dated
        The date that the core properties give: that of the data, since a clock would give other bytes every time.

    Returns
    -------
    bytes
        A ``.docx``.
    """
    core = document.core_properties
    moment = datetime.datetime.combine(dated, datetime.time())
    core.author = core.last_modified_by = "assetmap"
    core.title, core.subject = title[:255], subject[:255]
    core.language = "en-GB"
    core.comments = core.keywords = core.category = ""
    core.created = core.modified = moment
    core.revision = 1
    made = io.BytesIO()
    document.save(made)
    return _repacked(made.getvalue())


def _repacked(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != FIRST, name)):
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = UNIX
            entry.external_attr = 0o644 << 16
            new.writestr(entry, old.read(name))
    return made.getvalue()
