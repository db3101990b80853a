"""Naive twins of register judgements: slow, plain, and written from the definition alone."""

from __future__ import annotations

import itertools
import math

import pandas as pd


def naive_postcode(typed: str) -> str:
    """Return the official form of a postcode typed with any case, spaces and signs, else ``""``."""
    signs = [sign for sign in typed.upper() if sign.isascii() and sign.isalnum()]
    if not 5 <= len(signs) <= 7:
        return ""
    outward, inward = signs[:-3], signs[-3:]
    if not inward[0].isdigit() or any(s.isdigit() or s in "CIKMOV" for s in inward[1:]):
        return ""
    letters = 0
    while letters < len(outward) and outward[letters].isalpha():
        letters += 1
    rest = outward[letters:]
    if letters not in (1, 2) or not 1 <= len(rest) <= 2 or not rest[0].isdigit():
        return ""
    return "".join(outward) + " " + "".join(inward)


def naive_pairs_within(rows: pd.DataFrame, metres: float) -> set[tuple[int, int]]:
    """Return every pair of rows at most so far apart, by comparing all with all."""
    points = list(zip(rows["x"], rows["y"], strict=True))
    return {
        (a, b)
        for a, b in itertools.combinations(range(len(points)), 2)
        if math.dist(points[a], points[b]) <= metres
    }


def naive_near(assets: pd.DataFrame, easting: float, northing: float, within_km: float) -> list[str]:
    """Return the ids of assets that are not closed or proposed within a distance, nearest first."""
    found = []
    for asset_id, row in assets.iterrows():
        if row["geometry"] is None or row["status"] in ("closed", "proposed"):
            continue
        km = math.dist((row["geometry"].x, row["geometry"].y), (easting, northing)) / 1000
        if km <= within_km:
            found.append((km, row["name"], asset_id))
    return [asset_id for _, _, asset_id in sorted(found)]
