"""Official sources: a row of ``data/tables/sources.csv`` each, and what to do when a file has moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

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
    redirects: tuple[str, ...] = ()

    def moved(self, what: str) -> str:
        """Return a message that says what is wrong and which row to change."""
        seen = f"last seen working {self.last_seen}" if self.last_seen != "unknown" else "not tested by us"
        page = f"look for it at {self.page} and " if self.page else ""
        return (
            f"{self.title} ({self.publisher}): {what} If the file has moved, {page}put the new address (or new column "
            f"names) in the row '{self.source_id}' of data/tables/sources.csv ({seen}), or in your own table given with "
            "--sources. Or save the file by hand in the inputs folder."
        )


def read_sources(own: pd.DataFrame | None = None) -> dict[str, Source]:
    """Return the sources of ``data/tables/sources.csv``, with rows of your own table in place of those with the same id.

    Parameters
    ----------
    own
        Your own table, all of it text: ``source_id`` and the columns that differ.

    Returns
    -------
    dict
        Sources by their id.

    Raises
    ------
    InputError
        If the table has no column ``source_id``, or has an id twice.

    Examples
    --------
    >>> am.fetch.read_sources()["ons_lsoa21_boundaries"].publisher
    'Office for National Statistics'
    """
    table = reference_table("sources")
    if own is not None:
        if "source_id" not in own.columns:
            raise InputError(
                f"Your table of sources has no column 'source_id'; it has {first_few(own.columns)}."
            )
        own = own.assign(source_id=own["source_id"].str.strip()).set_index("source_id")
        twice = own.index[own.index.duplicated()].unique()
        if len(twice):
            raise InputError(f"Your table of sources has more than one row for {first_few(twice)}.")
        table = table.reindex(table.index.union(own.index, sort=False)).fillna("")
        columns = [column for column in own.columns if column in table.columns]
        table.loc[own.index, columns] = own[columns].to_numpy()
    return {str(name): _source(str(name), row) for name, row in table.iterrows()}


def known_hosts(sources: Mapping[str, Source]) -> set[str]:
    """Return the hosts of all addresses of the sources, and those that they name for redirects."""
    addresses: Iterable[str] = (row.address for row in sources.values() if row.address)
    hosts = {urlsplit(address.replace("{area}", "")).hostname or "" for address in addresses}
    return {host.casefold() for row in sources.values() for host in row.redirects} | hosts - {""}


def find_source(sources: dict[str, Source], source_id: str) -> Source:
    """Return a source that can be downloaded.

    Raises
    ------
    InputError
        If there is no such source, or it has no address.

    Examples
    --------
    >>> am.fetch.find_source(am.fetch.read_sources(), "ons_lsoa21_boundaries").publisher
    'Office for National Statistics'
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
    columns, redirects = (
        tuple(part.strip() for part in str(row.get(name, "")).split("|") if part.strip())
        for name in ("columns", "redirects")
    )
    seen = str(row.get("last_seen", "")) or "unknown"
    return Source(source_id, **texts, columns=columns, last_seen=seen, redirects=redirects)
