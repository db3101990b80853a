"""Postcodes as people type them become the official form, or a reason why not."""

from __future__ import annotations

import itertools
import re
from typing import Final

import numpy as np
import pandas as pd

UNIT: Final = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})$")
"""Outward and inward code; C I K M O V do not occur in the last two places."""

INSIDE: Final = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][ABD-HJLNP-UW-Z]{2})\b")
DISTRICT: Final = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ?[0-9])?$")
BEGUN: Final = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?) [0-9][A-Z0-9]{1,3}[.,]?$")
"""The first half of a postcode, and a second half that no postcode has."""

AREAS: Final = frozenset(
    ["AB", "AL", "B", "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB", "CF", "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E", "EC", "EH", "EN", "EX", "FK", "FY", "G", "GL", "GU", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IP", "IV", "KA", "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK", "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB", "W", "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE"]
)  # fmt: skip
"""Letters that postcodes of the United Kingdom begin with."""

MISTAKEN: Final = {"0": "O", "O": "0", "1": "I", "I": "1", "L": "1"}
MOST_REPAIRS: Final = 4


def tidy_postcodes(typed: pd.Series, *, known: pd.Index | None = None) -> pd.DataFrame:
    """Bring typed postcodes into their official form.

    Parameters
    ----------
    typed
        Cells as typed: ``tr11 3QA``, ``TR1 13QA``, ``PL12  6DX.``, ``TRO1 1AA``, ``TR11``.
    known
        Postcodes that exist, in official form; O typed for 0 or I for 1 is then corrected only to
        one of them.

    Returns
    -------
    pandas.DataFrame
        On the index of ``typed``: ``postcode`` (``""`` where the cell is not one), ``district`` (the first
        half, of a postcode or of a cell that holds only a district or sector, else ``""``), ``repair``
        (``""``, ``letters`` where letters and digits were mixed up, ``found`` where it was found among other words,
        ``broken`` where only the first half is that of a postcode).

    Examples
    --------
    >>> tidy_postcodes(pd.Series(["tr1 13qa", "TR11 3Q", "TR11"]))["postcode"].tolist()
    ['TR11 3QA', '', '']
    """
    codes, texts = pd.factorize(typed.fillna("").astype("str"))
    exists: pd.Index | frozenset[str] = frozenset() if known is None else known
    tidied = [_tidy(text, exists) for text in texts.tolist()]
    table = pd.DataFrame(tidied, columns=["postcode", "district", "repair"], dtype="str")
    return table.take(codes).set_index(typed.index)


def postcodes_within(addresses: pd.Series) -> pd.Series:
    """Return the last full postcode in each address, ``""`` where it has none."""
    codes, texts = pd.factorize(addresses.fillna("").astype("str"))
    found = [INSIDE.findall(text.upper()) for text in texts.tolist()]
    last = pd.Series([" ".join(parts[-1]) if parts else "" for parts in found], dtype="str")
    return pd.Series(last.take(codes).array, index=addresses.index, dtype="str")


def district_centres(postcodes: pd.DataFrame, *, only: pd.Index | None = None) -> pd.DataFrame:
    """Return the middle of the live postcodes of each district, or of each sector ("TR1 2").

    Parameters
    ----------
    postcodes
        Index ``postcode``; ``easting``, ``northing``, ``area_code``, ``live`` (docs/tables.md).
    only
        Districts or sectors that are asked for; all districts when not given.

    Returns
    -------
    pandas.DataFrame
        Index ``district``; ``easting``, ``northing`` (metres) of the postcode nearest to the mean of those
        in an area, ``inside`` (whether any of its postcodes lies in an area), ``radius_m`` (from there to the furthest of them).
    """
    placed = postcodes[postcodes["easting"].notna()]
    parts = placed.index.str.partition(" ")
    outward = parts.get_level_values(0)
    if only is not None:
        asked = outward.isin(only.str.partition(" ").get_level_values(0))
        placed, parts, outward = placed[asked], parts[asked], outward[asked]
        if only.str.contains(" ").any():
            outward = outward + " " + parts.get_level_values(2).str[:1]
            placed, outward = placed[outward.isin(only)], outward[outward.isin(only)]
    table = pd.DataFrame(
        {
            "district": outward,
            "easting": placed["easting"].to_numpy(),
            "northing": placed["northing"].to_numpy(),
            "inside": placed["area_code"].notna().to_numpy(),
            "live": placed["live"].to_numpy(dtype=bool),
        }
    )
    # Only its part inside the area counts, where it has one: a district may cross the border.
    table["weight"] = np.where(table["inside"], 2, 0) + np.where(table["live"], 1, 0)
    best = table[table["weight"] == table.groupby("district")["weight"].transform("max")]
    middle = best.groupby("district")[["easting", "northing"]].transform("mean")
    off = (best["easting"] - middle["easting"]) ** 2 + (best["northing"] - middle["northing"]) ** 2
    chosen = best.loc[off.groupby(best["district"]).idxmin()].set_index("district")
    centre = chosen[["easting", "northing"]].reindex(best["district"]).to_numpy()
    apart = np.hypot(best["easting"] - centre[:, 0], best["northing"] - centre[:, 1])
    chosen["radius_m"] = apart.groupby(best["district"]).max()
    return chosen[["easting", "northing", "inside", "radius_m"]]


def _tidy(text: str, exists: pd.Index | frozenset[str]) -> tuple[str, str, str]:
    upper = text.upper()
    compact = "".join(sign for sign in upper if sign.isascii() and sign.isalnum())
    whole = UNIT.match(compact)
    if whole:
        formed = f"{whole[1]} {whole[2]}"
        meant = [] if not len(exists) or formed in exists else [p for p in _repaired(compact) if p in exists]
        if len(meant) == 1:
            return meant[0], meant[0].partition(" ")[0], "letters"
        return formed, whole[1], ""
    found = INSIDE.findall(upper)
    if found:
        # "TR1 1AA / TR1 2JA" begins with the one that counts; an address ends with it.
        outward, inward = found[0 if INSIDE.match(upper.strip()) else -1]
        return f"{outward} {inward}", outward, "found"
    district = DISTRICT.match(" ".join(upper.strip(" .,").split()))
    if district:
        return "", district[1], ""
    repaired = _repaired(compact)
    likely = [postcode for postcode in repaired if postcode in exists] if len(exists) else repaired
    if len(likely) == 1:
        return likely[0], likely[0].partition(" ")[0], "letters"
    begun = BEGUN.match(" ".join(upper.split()))
    return ("", begun[1], "broken") if begun else ("", "", "")


def _repaired(compact: str) -> list[str]:
    """Return every postcode that differs only by O for 0, I or L for 1, and the reverse."""
    if not 5 <= len(compact) <= 7:
        return []
    places = [k for k, sign in enumerate(compact) if sign in MISTAKEN][:MOST_REPAIRS]
    fixed = set()
    for count in range(1, len(places) + 1):
        for chosen in itertools.combinations(places, count):
            signs = list(compact)
            for k in chosen:
                signs[k] = MISTAKEN[signs[k]]
            whole = UNIT.match("".join(signs))
            if whole and not re.search(r"[A-Z]0[0-9]$", whole[1]):
                fixed.add((count, f"{whole[1]} {whole[2]}"))
        if fixed:
            break
    return sorted(postcode for _, postcode in fixed)
