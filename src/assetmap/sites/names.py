"""Find the site that a name means. A name that is nearly right is answered with the nearest names and never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import InputError
from assetmap.sites.kinds import site_kind

if TYPE_CHECKING:
    import geopandas as gpd

NEAREST_NAMES: Final = 3
_GENERIC_WORDS: Final = frozenset(
    ("library", "libraries", "information", "service", "services", "community", "the", "and", "micro")
)
"""Words of a name that may be left out. Words that are typed must be in the name, or say what kind of site it is."""
_JOINING: Final = frozenset(("the", "and"))


class NoSuchSiteError(InputError):
    """No site has that name; another error is that several have."""


def find_site(sites: gpd.GeoDataFrame, words: str) -> str:
    """Return the id of the site that a name, a town or an id means.

    Case and full stops do not matter. General words ("Library & Information Service") may be left out, but a word that is
    typed must be in the name or say what kind of site it is: "Par Micro" is not "Par Community Library". An open site is
    preferred to a closed one of the same town.

    Parameters
    ----------
    sites
        Sites of one kind, index ``asset_id``.
    words
        As typed.

    Returns
    -------
    str
        The ``asset_id``.

    Raises
    ------
    InputError
        If nothing or more than one site has that name; with the nearest names.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> sites.loc[am.sites.find_site(sites, "St Ives"), "town"]
    'St Ives'
    """
    if words in sites.index:
        return words
    wanted = letters(words)
    names = {str(asset_id): str(name) for asset_id, name in sites["name"].items()}
    towns = sites["town"] if "town" in sites.columns else pd.Series(index=sites.index, dtype=object)
    kinds = {str(kind): site_kind(str(kind)).names for kind in sites["asset_type"].unique()}
    kind_of = {asset_id: kinds[str(kind)] for asset_id, kind in sites["asset_type"].items()}
    readings = [
        [asset_id for asset_id, name in names.items() if letters(name) == wanted],
        [asset_id for asset_id, name in names.items() if _means(wanted, letters(name), kind_of[asset_id])],
        [i for i, name in names.items() if _in_town(wanted, letters(towns[i]), letters(name), kind_of[i])],
    ]
    for found in readings:
        opened = [asset_id for asset_id in found if sites.at[asset_id, "status"] == "open"]
        meant = opened or found
        if len(meant) == 1:
            return str(meant[0])
        if meant:
            listed = "; ".join(f"'{names[asset_id]}'" for asset_id in meant)
            raise InputError(f"'{words}' may mean {len(meant)} sites: {listed}. Type the whole name.")
    raise NoSuchSiteError(
        f"There is no site '{words}'. The nearest names are: {_nearest(words, names, towns)}."
    )


def letters(text: object) -> str:
    """Return the words of a text in small letters, without signs; empty for anything that is not text."""
    if not isinstance(text, str):
        return ""
    plain = re.sub(r"[.'’]", "", text.casefold())
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def _means(wanted: str, name: str, kind: frozenset[str]) -> bool:
    """Say whether the words are the name without some general words."""
    general = _GENERIC_WORDS | kind
    core = [word for word in wanted.split() if word not in general]
    rest = set(wanted.split()) - set(core) - _JOINING
    return (
        bool(core)
        and core == [w for w in name.split() if w not in general]
        and rest <= {*name.split(), *kind}
    )


def _in_town(wanted: str, town: str, name: str, kind: frozenset[str]) -> bool:
    """Say whether the words are a town, and general words of the name or the kind of the site there."""
    rest = set(wanted.removeprefix(town).split())
    begins = bool(town) and f"{wanted} ".startswith(f"{town} ")
    return begins and rest <= set(name.split()) & _GENERIC_WORDS | kind | _JOINING


def _short(text: object) -> str:
    return " ".join(word for word in letters(text).split() if word not in _GENERIC_WORDS)


def _nearest(words: str, names: dict[str, str], towns: pd.Series) -> str:
    from rapidfuzz import fuzz, process

    wanted = _short(words) or letters(words)
    scored = {}
    for asset_id, name in names.items():
        texts = [text for text in (_short(name), _short(towns[asset_id])) if text]
        best = process.extractOne(wanted, texts, scorer=fuzz.WRatio) if texts else None
        scored[name] = best[1] if best else 0.0
    nearest = sorted(scored, key=lambda name: -scored[name])[:NEAREST_NAMES]
    return "; ".join(f"'{name}'" for name in nearest)
