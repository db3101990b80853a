"""The row of ``data/tables/sources.csv`` that a file comes from, and what to say when it has moved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assetmap.schema import InputError, first_few, reference_table


@dataclass(frozen=True)
class Source:
    """One official source: where it is, in which protocol, and which columns it must have."""

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
        """Return a message that names the row to change."""
        seen = f"last seen working {self.last_seen}" if self.last_seen != "unknown" else "never tried by us"
        page = f"Find the new address at {self.page} and put it" if self.page else "Put the new address"
        return (
            f"{self.title} ({self.publisher}): {what} {page} into the column 'address' (changed column names: "
            f"'columns') of the row '{self.source_id}' of data/tables/sources.csv ({seen}), or of a table of "
            "your own given as 'sources'; or save the file by hand into the inputs folder."
        )


def read_sources(path: str | Path | None = None) -> dict[str, Source]:
    """Read the sources, with the rows of a table of one's own in place of those of the same id.

    Parameters
    ----------
    path
        CSV with the columns of ``data/tables/sources.csv``; only ``source_id`` and what differs is needed.

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
            raise InputError(f"'{path}' is no table of sources: it has no column 'source_id'.")
        own = own.set_index("source_id")
        table = table.reindex(table.index.union(own.index)).fillna("")
        columns = [column for column in own.columns if column in table.columns]
        table.loc[own.index, columns] = own[columns].to_numpy()
    return {str(name): _source(str(name), row) for name, row in table.iterrows()}


def find_source(sources: dict[str, Source], source_id: str) -> Source:
    """Return a source that can be fetched.

    Raises
    ------
    InputError
        If there is no such source or it has no address; the message lists those that have.
    """
    source = sources.get(source_id)
    fetched = [name for name, row in sources.items() if row.address]
    if source is None:
        raise InputError(
            f"There is no source '{source_id}'. To be fetched are {first_few(fetched, most=40)}."
        )
    if not source.address:
        page = f" Save it by hand from {source.page}." if source.page else ""
        raise InputError(f"'{source_id}' ({source.title}) has no address that could be fetched.{page}")
    return source


def _source(source_id: str, row: pd.Series) -> Source:
    names = ("title", "publisher", "page", "licence", "attribution", "address", "protocol", "query")
    texts = {name: str(row.get(name, "")) for name in names}
    columns = tuple(column for column in str(row.get("columns", "")).split("|") if column)
    return Source(source_id, **texts, columns=columns, last_seen=str(row.get("last_seen", "")) or "unknown")
