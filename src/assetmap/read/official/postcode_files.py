"""Postcode files of the offices: Code-Point Open, ONSPD, NSPL and the ONS lookup -> one table.

1.7 million postcodes are read with Arrow and kept in the user's cache folder, so that the second reading
takes a moment. A file is recognised by its path, size and time of change.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather

from assetmap.read.files import existing_file, reader
from assetmap.read.look import look_into
from assetmap.read.official.postcode_tables import headings_of_postcodes
from assetmap.read.parquet import open_arrow
from assetmap.read.worker import ask
from assetmap.schema import InputError, cache_folder, counted, first_few

CACHE_VERSION: Final = 1
UNFOLDS: Final = 3
"""A packed file may use as much as a text this many times as large; postcodes unpack to six times their size, and few columns of them are kept."""


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

    Examples
    --------
    >>> am.read.read_postcode_file(inputs / "codepo_gb.zip", cache=False).loc["WS1 0AA", ["easting", "northing"]].tolist()
    [180500.0, 45500.0]
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


def _open(path: Path) -> pa.Table:
    try:
        if path.suffix.lower() == ".parquet":
            look = look_into(path)
            if look.problem:
                raise InputError(look.problem)
            names = headings_of_postcodes(look.parts[0].headings)
            return open_arrow(path, columns=list(names.values())).rename_columns(list(names))
        packed = path.suffix.lower() in (".zip", ".gz")
        answer = ask("postcodes", path, size=path.stat().st_size * (UNFOLDS if packed else 1))
        with pa.ipc.open_stream(answer.parts[0]) as stream:
            return stream.read_all()
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError, EOFError) as error:
        raise InputError(f"'{path}' could not be read as a postcode file: {error}") from error


def _tidy(table: pa.Table) -> pa.Table:
    written = pc.replace_substring(pc.utf8_upper(table["postcode"].cast(pa.string())), " ", "")
    keep = pc.fill_null(pc.greater_equal(pc.utf8_length(written), 5), False)
    if not pc.all(keep).as_py():
        table, written = table.filter(keep), written.filter(keep)
    postcode = pc.utf8_replace_slice(written, start=-3, stop=-3, replacement=" ")
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
            columns[name] = _codes(table[name])
    tidy = pa.table(columns)
    texts = tidy["postcode"]
    in_order = pc.all(pc.less_equal(texts.slice(0, max(len(texts) - 1, 0)), texts.slice(1))).as_py()
    return (tidy if in_order else tidy.sort_by("postcode")).combine_chunks()


def _codes(column: pa.ChunkedArray) -> pa.Array:
    """Return codes by number, missing where a cell is empty; those that are numbered already are not unfolded."""
    if pa.types.is_dictionary(column.type):
        whole = column.unify_dictionaries().combine_chunks()
        if not pc.any(pc.equal(whole.dictionary, "")).as_py():
            return whole
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text).combine_chunks().dictionary_encode()


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
