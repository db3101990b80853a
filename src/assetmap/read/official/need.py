"""Need: a published index becomes the table `need`, always 0-1 with 1 = most need.

The direction of every published column is in ``data/tables/need_indices.csv``, so that nothing is read
backwards: a new index is new rows there. A rank r of n becomes ``(n - r) / (n - 1)``: the share of areas
in the whole index that are less deprived, so values of two councils can be compared. Limits: ranks say
who comes before whom, not by how much.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assetmap.read.areas import CODE_COLUMN
from assetmap.read.files import reader
from assetmap.read.tables import find_column, heading_key, read_published, refuse_duplicates, to_numbers
from assetmap.schema import InputError, check_need, counted, first_few, reference_table


@reader
def read_need(
    path: str | Path,
    *,
    index: str | None = "iod2025",
    code: str | None = None,
    column: str | None = None,
    most_need: str | None = None,
) -> pd.DataFrame:
    """Read need from a published index or from a column of any table.

    Parameters
    ----------
    path
        CSV or spreadsheet with a column of area codes.
    index
        A value of the column ``family`` of ``data/tables/need_indices.csv`` (``"iod2025"``, ``"iod2019"``).
        Not used when `column` is given.
    code
        The column with area codes; found by its name when not given.
    column, most_need
        For your own table: the column with the values, and whether a ``"high"`` or a ``"low"``
        value means most need. Need is then the rank within the file.

    Returns
    -------
    pandas.DataFrame
        Index ``area_code``, in the vintage of the file; ``need`` and ``need_<theme>`` from 0 to 1
        (1 = most need; missing = not known); published columns that the index names, as published
        (``imd_rank``: 1 = most deprived); counts such as ``population`` where the file has them.

    Raises
    ------
    InputError
        If the file has none of the columns of the index, a cell is not a number, or a value is
        outside the range of its index.

    Examples
    --------
    >>> need = am.read_need(project.folder / "iod2025.csv")
    >>> float(need["need"].min()), float(need["need"].max())
    (0.10330627481187415, 0.9660780944480654)
    """
    path = Path(path)
    table = read_published(path, wanted=_has_codes).table
    codes = _codes(table, path, code)
    if column is not None:
        need = _own(table, path, column, most_need)
    else:
        need = _published(table, path, index or "")
    need.index = codes
    refuse_duplicates(need.index, path=path, what="area code")
    check_need(need)
    return need


def _has_codes(row: list[str]) -> bool:
    """Whether a row of cells names a column of area codes and something beside it."""
    return len(row) > 1 and any(_is_code(cell) for cell in row)


def _codes(table: pd.DataFrame, path: Path, code: str | None) -> pd.Index:
    if code is not None and code not in table.columns:
        raise InputError(
            f"'{path}': there is no column '{code}'; it has {first_few(table.columns, most=12)}."
        )
    found = code or next((str(name) for name in table.columns if _is_code(str(name))), None)
    if found is None:
        raise InputError(
            f"'{path}': no column looks like an area code; it has {first_few(table.columns, most=12)}. "
            'Name the right one, for instance code = "LSOA code (2021)".'
        )
    return pd.Index(table[found].str.strip(), name="area_code")


def _is_code(name: str) -> bool:
    return bool(CODE_COLUMN.match(name.strip())) or heading_key(name).startswith(("lsoa code", "area code"))


def _published(table: pd.DataFrame, path: Path, index: str) -> pd.DataFrame:
    known = reference_table("need_indices")
    rows = known[known["family"] == index]
    if rows.empty:
        names = ", ".join(sorted(known["family"].unique()))
        raise InputError(
            f"There is no need index '{index}'. The indices of data/tables/need_indices.csv are: {names}."
        )
    need: dict[str, pd.Series] = {}
    for row in rows.itertuples():
        column = find_column(table, str(row.headings).split("|"))
        if column is None:
            continue
        values = to_numbers(table[column], path=path, name=column)
        _refuse_outside(values, path, column, str(row.lowest), str(row.highest))
        if row.column:
            need[str(row.column)] = values
        if row.kind == "rank":
            theme = "need" if row.theme == "overall" else f"need_{row.theme}"
            need[theme] = (float(str(row.highest)) - values) / (float(str(row.highest)) - 1)
    if "need" not in need:
        wanted = str(rows.loc[(rows["theme"] == "overall") & (rows["kind"] == "rank"), "headings"].iloc[0])
        raise InputError(
            f"'{path}' has no overall rank of '{index}': it needs a column named {first_few(wanted.split('|'))}; "
            f"it has {first_few(table.columns, most=12)}."
        )
    first = ["need", *sorted(name for name in need if name.startswith("need_"))]
    return pd.DataFrame({name: need[name] for name in [*first, *(n for n in need if n not in first)]})


def _own(table: pd.DataFrame, path: Path, column: str, most_need: str | None) -> pd.DataFrame:
    if column not in table.columns:
        raise InputError(
            f"'{path}': there is no column '{column}'; it has {first_few(table.columns, most=12)}."
        )
    if most_need not in ("high", "low"):
        raise InputError(
            f'Say whether a high or a low value of \'{column}\' means most need: most_need = "high" or "low".'
        )
    values = to_numbers(table[column], path=path, name=column)
    rank = values.rank(method="average", ascending=most_need == "high")
    known = int(values.notna().sum())
    return pd.DataFrame({"need": (rank - 1) / max(known - 1, 1), column: values})


def _refuse_outside(values: pd.Series, path: Path, column: str, lowest: str, highest: str) -> None:
    if not highest:
        return
    wrong = (values < float(lowest)) | (values > float(highest))
    if wrong.any():
        row = int(wrong.to_numpy().argmax()) + 2
        raise InputError(
            f"'{path}', column '{column}': {counted(int(wrong.sum()), 'value is', 'values are')} outside {lowest} to {highest}, "
            f"first {values[wrong].iloc[0]:g} (row {row}). Is it another index, or another year?"
        )
