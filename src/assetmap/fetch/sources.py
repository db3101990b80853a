"""Official sources: a row of ``data/tables/sources.csv`` each, and what to do when a file has moved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assetmap.schema import InputError, first_few, reference_table


@dataclass(frozen=True)
class Source:
    """One official source: its address, its protocol, and the columns it must have."""

    source_id: str
    title: str
    publisher: str
    page: str
    licence: str
    attribution: str
    address: str
    protocol: str
    query: str
    columns: tuple[str, ...]
    last_seen: str

    def moved(self, what: str) -> str:
        """Return a message that says what is wrong and which row to change."""
        seen = f"last seen working {self.last_seen}" if self.last_seen != "unknown" else "not tested by us"
        page = f" Look for the new address at {self.page}." if self.page else ""
        return (
            f"{self.title} ({self.publisher}): {what}{page} Put the new address (or new column names) in the row "
            f"'{self.source_id}' of data/tables/sources.csv ({seen}), or in your own table given with --sources. Or "
            "save the file by hand in the inputs folder."
        )


def read_sources(path: str | Path | None = None) -> dict[str, Source]:
    """Read the sources; rows of your own table replace those with the same id.

    Parameters
    ----------
    path
        CSV with columns of ``data/tables/sources.csv``; only ``source_id`` and the columns that differ are needed.

    Returns
    -------
    dict
        Sources by their id.

    Raises
    ------
    InputError
        If the table has no column ``source_id``.
    """
    table = reference_table("sources")
    if path is not None:
        own = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "source_id" not in own.columns:
            raise InputError(f"'{path}' is not a table of sources: it has no column 'source_id'.")
        own = own.set_index("source_id")
        table = table.reindex(table.index.union(own.index)).fillna("")
        columns = [column for column in own.columns if column in table.columns]
        table.loc[own.index, columns] = own[columns].to_numpy()
    return {str(name): _source(str(name), row) for name, row in table.iterrows()}


def find_source(sources: dict[str, Source], source_id: str) -> Source:
    """Return a source that can be downloaded.

    Raises
    ------
    InputError
        If there is no such source, or it has no address.
    """
    source = sources.get(source_id)
    fetched = [name for name, row in sources.items() if row.address]
    if source is None:
        raise InputError(f"There is no source '{source_id}'. Use one of: {first_few(fetched, most=40)}.")
    if not source.address:
        page = f" Save it by hand from {source.page}." if source.page else ""
        raise InputError(f"'{source_id}' ({source.title}) has no address to download from.{page}")
    return source


def _source(source_id: str, row: pd.Series) -> Source:
    names = ("title", "publisher", "page", "licence", "attribution", "address", "protocol", "query")
    texts = {name: str(row.get(name, "")) for name in names}
    columns = tuple(column for column in str(row.get("columns", "")).split("|") if column)
    return Source(source_id, **texts, columns=columns, last_seen=str(row.get("last_seen", "")) or "unknown")
