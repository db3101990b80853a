"""Postcode files of the offices: Code-Point Open, ONSPD, NSPL and the ONS lookup -> one table.

1.7 million postcodes are read with Arrow and kept in the user's cache folder, so that the second reading
takes a moment. A file is recognised by its path, size and time of change.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.feather

from assetmap.read.files import existing_file, members_of, open_bytes, open_member, reader, whole_members
from assetmap.read.look import look_into
from assetmap.read.official.columns import canonical_name, headings_of_headerless
from assetmap.read.parquet import open_arrow
from assetmap.schema import InputError, cache_folder, counted, first_few

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
CACHE_VERSION: Final = 1


@reader
def read_postcode_file(path: str | Path, *, cache: bool = True) -> pd.DataFrame:
    """Read every postcode of an official file.

    Parameters
    ----------
    path
        Code-Point Open (the zip, one of its CSVs without header row, or a table made of them), the ONS
        Postcode Directory, the National Statistics Postcode Lookup (zip or CSV) or the ONS lookup of
        postcodes to small areas; CSV or Parquet.
    cache
        Keep the result in the user's cache folder and take it from there next time.

    Returns
    -------
    pandas.DataFrame
        Index ``postcode`` in its official form ("TR11 3QA"), sorted; ``easting``, ``northing`` (metres,
        EPSG:27700; missing where the file has none), ``live`` (false: terminated), and the codes that
        the file has: ``lad_code``, ``ward_code``, ``lsoa21_code`` ...

    Raises
    ------
    InputError
        If the file is none of these, is damaged, or has duplicate postcodes.
    """
    path = existing_file(path)
    kept = _kept(path)
    if cache and kept.is_file():
        try:
            return _to_pandas(pyarrow.feather.read_table(kept, memory_map=True))
        except (pa.ArrowInvalid, OSError):
            kept.unlink(missing_ok=True)
    table = _checked(_tidy(_open(path)), path)
    if cache:
        _keep(table, kept)
    return _to_pandas(table)


def find_postcodes(written: Iterable[str], postcodes: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the row of each written postcode in a postcode table, -1 where it is not there.

    Case, spaces and stray signs do not matter ("tr11 3qa", "TR113QA."); a wrong letter does.

    Parameters
    ----------
    written
        Postcodes as people write them; missing values are allowed.
    postcodes
        Any table with the index ``postcode``.

    Examples
    --------
    >>> table = pd.DataFrame({"easting": [1.0]}, index=pd.Index(["TR11 3QA"], name="postcode"))
    >>> find_postcodes(["tr113qa ", "TR1 1AA", None], table).tolist()
    [0, -1, -1]
    """
    texts = pa.array(pd.Series(written, dtype="object"), type=pa.string(), from_pandas=True)
    plain = pc.replace_substring_regex(pc.utf8_upper(texts), "[^A-Z0-9]", "")
    known = pc.replace_substring(pa.array(postcodes.index, type=pa.string()), " ", "")
    rows = pc.index_in(plain, value_set=known, skip_nulls=True)
    return np.asarray(rows.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


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


def _open(path: Path) -> pa.Table:
    try:
        if path.suffix.lower() == ".parquet":
            look = look_into(path)
            if look.problem:
                raise InputError(look.problem)
            names = headings_of_postcodes(look.parts[0].headings)
            return open_arrow(path, columns=list(names.values())).rename_columns(list(names))
        if path.suffix.lower() == ".zip":
            return _open_zip(path)
        with open_bytes(path) as file:
            first = file.readline()
            file.seek(0)
            return _parse(file, first, path)
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError, EOFError) as error:
        raise InputError(f"'{path}' could not be read as a postcode file: {error}") from error


def _open_zip(path: Path) -> pa.Table:
    wanted = whole_members([m for m in members_of(path) if m.filename.lower().endswith(".csv")])
    if not wanted:
        raise InputError(f"'{path}' holds no CSV file: it is not a postcode file.")
    with open_member(path, wanted[0]) as file:
        first = file.readline()
    if _without_header(first):
        content = io.BytesIO()
        for member in wanted:
            with open_member(path, member) as file:
                content.write(file.read())
        content.seek(0)
        return _parse(content, first, path)
    with open_member(path, max(wanted, key=lambda member: member.file_size)) as file:
        first = file.readline()
        file.seek(0)
        return _parse(file, first, path)


def _parse(file: IO[bytes], first: bytes, path: Path) -> pa.Table:
    known = _without_header(first)
    header = list(known) or next(csv.reader([first.decode("utf-8-sig")]), [])
    names = headings_of_postcodes(header)
    read = pyarrow.csv.ReadOptions(column_names=header if known else None, block_size=2**24)
    if "postcode" not in names or not {"easting", "terminated"} & names.keys():
        raise InputError(
            f"'{path}' is not a known kind of postcode file: it needs a column of postcodes (pcds, "
            "Postcode) and coordinates (oseast1m, Eastings) or dates of termination (doterm)."
        )
    texts = {column: pa.string() for name, column in names.items() if name not in ("easting", "northing")}
    numbers = {column: pa.float64() for name, column in names.items() if name in ("easting", "northing")}
    convert = pyarrow.csv.ConvertOptions(
        column_types=texts | numbers, include_columns=list(names.values()), strings_can_be_null=True
    )
    return pyarrow.csv.read_csv(file, read_options=read, convert_options=convert).rename_columns(list(names))


def _without_header(first: bytes) -> tuple[str, ...]:
    """Return the columns of a file without header row, known by its first line."""
    return headings_of_headerless(next(csv.reader([first.decode("latin-1").strip()]), []))


def _tidy(table: pa.Table) -> pa.Table:
    written = pc.replace_substring(pc.utf8_upper(table["postcode"].cast(pa.string())), " ", "")
    keep = pc.fill_null(pc.greater_equal(pc.utf8_length(written), 5), False)
    table, written = table.filter(keep), written.filter(keep)
    postcode = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(written, 0, -3), pc.utf8_slice_codeunits(written, -3), " "
    )
    columns: dict[str, Any] = {"postcode": postcode}
    for name in ("easting", "northing"):
        if name not in table.column_names:
            columns[name] = pa.nulls(len(table), pa.float64())
            continue
        values = table[name].cast(pa.float64())
        columns[name] = pc.if_else(pc.greater(pc.fill_null(values, 0.0), 0.0), values, None)
    ended = table["terminated"] if "terminated" in table.column_names else None
    live = pa.array(np.ones(len(table), dtype=bool))
    if ended is not None:
        live = pc.equal(pc.fill_null(pc.utf8_length(ended), 0), 0)
    columns["live"] = live
    for name in table.column_names:
        if name.endswith("_code"):
            text = table[name].cast(pa.string())
            columns[name] = pc.if_else(pc.equal(text, ""), None, text).combine_chunks().dictionary_encode()
    return pa.table(columns).sort_by("postcode").combine_chunks()


def _checked(table: pa.Table, path: Path) -> pa.Table:
    postcodes = table["postcode"]
    if len(postcodes) == 0:
        raise InputError(f"'{path}' holds no postcodes.")
    same = pc.equal(postcodes.slice(1), postcodes.slice(0, len(postcodes) - 1))
    if pc.any(same).as_py():
        twice = pc.unique(postcodes.slice(1).filter(same)).to_pylist()
        raise InputError(
            f"'{path}' has {counted(len(twice), 'duplicate postcode')}, first {first_few(twice)}. Keep one row of each."
        )
    return table


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    postcodes: pd.DataFrame = table.to_pandas(split_blocks=True)
    return postcodes.set_index("postcode")


def _kept(path: Path) -> Path:
    state = path.stat()
    text = f"{CACHE_VERSION}|{path.resolve()}|{state.st_size}|{state.st_mtime_ns}"
    return cache_folder() / "postcodes" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.arrow"


def _keep(table: pa.Table, kept: Path) -> None:
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".part")
        pyarrow.feather.write_feather(table, half, compression="uncompressed")
        half.replace(kept)
    except OSError as error:
        warnings.warn(
            f"The postcode index could not be saved in '{kept.parent}' ({error}), so the next run reads the file "
            "again. Set ASSETMAP_CACHE to a folder that you can write to.",
            stacklevel=3,
        )
