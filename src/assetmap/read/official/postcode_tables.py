"""Postcode files in CSV, alone or in a zip, as Arrow tables; this runs in the child process."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from assetmap.errors import InputError
from assetmap.read.files import members_of, open_bytes, open_member, whole_members
from assetmap.read.official.columns import canonical_name, headings_of_headerless
from assetmap.read.rows import LONGEST_LINE
from assetmap.read.worker import Answer

if TYPE_CHECKING:
    import pyarrow as pa

HEADINGS: Final = {
    "pcds": "postcode",
    "pcd": "postcode",
    "postcode": "postcode",
    "pc": "postcode",
    "oseast1m": "easting",
    "east1m": "easting",
    "eastings": "easting",
    "easting": "easting",
    "osnrth1m": "northing",
    "north1m": "northing",
    "northings": "northing",
    "northing": "northing",
    "doterm": "terminated",
    "positional_quality_indicator": "quality",
    "positional_quality": "quality",
    "osgrdind": "quality",
    "gridind": "quality",
    "laua": "lad_code",
    "oslaua": "lad_code",
    "ladcd": "lad_code",
    "lad_code": "lad_code",
    "admin_district_code": "lad_code",
    "ward": "ward_code",
    "osward": "ward_code",
    "ward_code": "ward_code",
    "admin_ward_code": "ward_code",
    "parish": "parish_code",
}
SMALL_AREAS: Final = re.compile(r"^(oa|lsoa|msoa)(\d\d)$")
DATED: Final = re.compile(r"^(lad|ward|parish)\d\d_code$")


def postcode_table(path: Path) -> Answer:
    """Read the columns of a postcode file that assetmap uses into an Arrow stream.

    Parameters
    ----------
    path
        CSV, CSV in gzip, or a zip as published.

    Raises
    ------
    InputError
        If it is not a known kind of postcode file, is damaged, or unpacks to too much.
    """
    import pyarrow as pa

    try:
        if path.suffix.lower() == ".zip":
            table = _of_zip(path)
        else:
            with open_bytes(path) as file:
                first = file.readline(LONGEST_LINE)
                file.seek(0)
                table = _parse(file, first, path)
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError, EOFError) as error:
        raise InputError(f"'{path}' could not be read as a postcode file: {error}") from error
    return Answer(None, (_stream(_narrowed(table)),))


def headings_of_postcodes(headings: Iterable[str]) -> dict[str, str]:
    """Return the published columns of a postcode file by assetmap's names; the first of each wins."""
    found: dict[str, str] = {}
    for heading in headings:
        plain = heading.replace("\ufeff", "").strip().casefold()
        area = SMALL_AREAS.match(plain)
        name = HEADINGS.get(plain) or (f"{area[1]}{area[2]}_code" if area else canonical_name(plain))
        if name is not None and DATED.match(name):
            name = name[: name.index("_") - 2] + "_code"
        if name is not None and not name.endswith("_name"):
            found.setdefault(name, heading)
    return found


def _narrowed(table: pa.Table) -> pa.Table:
    """Return a table with metres as whole numbers where they all are, and short numbers of codes: half as much to send."""
    import pyarrow as pa

    for at, field in enumerate(table.schema):
        column = table.column(at)
        if pa.types.is_dictionary(field.type):
            column = column.unify_dictionaries()
            if column.num_chunks and len(column.chunk(0).dictionary) < 2**15:
                column = column.cast(pa.dictionary(pa.int16(), pa.string()))
        elif pa.types.is_floating(field.type):
            with contextlib.suppress(pa.ArrowInvalid):  # where metres have decimals
                column = column.cast(pa.int32())
        table = table.set_column(at, field.name, column)
    return table


def _stream(table: pa.Table) -> bytes:
    """Return a table as an Arrow stream, written once, into as many bytes as it needs."""
    import pyarrow as pa

    def write(sink: pa.NativeFile) -> None:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)

    counted = pa.MockOutputStream()
    write(counted)
    content = pa.allocate_buffer(counted.size())
    write(pa.FixedSizeBufferWriter(content))
    return bytes(content.to_pybytes())


class JoinedMembers(io.RawIOBase):
    """Files of a zip as one, one after the other; a read gives as much as it was asked for, but at the end."""

    def __init__(self, path: Path, members: list[zipfile.ZipInfo]) -> None:
        self.path, self.left = path, members[::-1]
        self.rest = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, the rest where no size is given."""
        parts, found = [self.rest], len(self.rest)
        while self.left and not 0 <= size <= found:
            with open_member(self.path, self.left.pop()) as file:
                parts.append(file.read())
            found += len(parts[-1])
        whole = b"".join(parts)
        if size < 0:
            size = found
        self.rest = whole[size:]
        return whole[:size]


def _of_zip(path: Path) -> pa.Table:
    wanted = whole_members([m for m in members_of(path) if m.filename.lower().endswith(".csv")])
    if not wanted:
        raise InputError(f"'{path}' holds no CSV file: it is not a postcode file.")
    with open_member(path, wanted[0]) as file:
        first = file.readline(LONGEST_LINE)
    if _without_header(first):
        return _parse(JoinedMembers(path, wanted), first, path)
    with open_member(path, max(wanted, key=lambda member: member.file_size)) as file:
        first = file.readline(LONGEST_LINE)
        file.seek(0)
        return _parse(file, first, path)


def _parse(file: IO[bytes] | io.RawIOBase, first: bytes, path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv

    known = _without_header(first)
    header = list(known) or next(csv.reader([first.decode("utf-8-sig")]), [])
    names = {name: column for name, column in headings_of_postcodes(header).items() if name != "quality"}
    read = pyarrow.csv.ReadOptions(column_names=header if known else None, block_size=2**24)
    if "postcode" not in names or not {"easting", "terminated"} & names.keys():
        raise InputError(
            f"'{path}' is not a known kind of postcode file: it needs a column of postcodes (pcds, "
            "Postcode) and coordinates (oseast1m, Eastings) or dates of termination (doterm)."
        )
    # a code stands in thousands of rows: each is sent once, and its number after that
    texts = {
        column: pa.dictionary(pa.int32(), pa.string()) if name.endswith("_code") else pa.string()
        for name, column in names.items()
        if name not in ("easting", "northing")
    }
    numbers = {column: pa.float64() for name, column in names.items() if name in ("easting", "northing")}
    convert = pyarrow.csv.ConvertOptions(
        column_types=texts | numbers, include_columns=list(names.values()), strings_can_be_null=True
    )
    return pyarrow.csv.read_csv(file, read_options=read, convert_options=convert).rename_columns(list(names))


def _without_header(first: bytes) -> tuple[str, ...]:
    """Return the columns of a file without header row, known by its first line."""
    return headings_of_headerless(next(csv.reader([first.decode("latin-1").strip()]), []))
