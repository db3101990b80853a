"""A zip with some of its members changed; every other member is as it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from assetmap.errors import InputError
from assetmap.read.files import PIECE, ZIP_ERRORS


def rewritten(path: Path, new: dict[str, bytes]) -> bytes:
    """Return a zip with new content for some members: order, names, dates and kinds of packing stay."""
    written = io.BytesIO()
    try:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(written, "w") as archive:
            archive.comment = old.comment
            for member in old.infolist():
                if member.is_dir():
                    archive.writestr(member, b"")
                    continue
                if member.filename in new:
                    archive.writestr(member, new[member.filename])
                    continue
                with old.open(member) as stream, archive.open(member, "w") as target:
                    while piece := stream.read(PIECE):
                        target.write(piece)
    except ZIP_ERRORS as error:
        raise InputError(f"'{path}' could not be unpacked: {error}.") from error
    return written.getvalue()
