"""How well types are known: share of real names and types that become the right type.

``type_labels.csv`` has names and types of real groups and places, as lists write them: the Cornish list of groups, public libraries,
schools (Open Government Licence v3.0) and OpenStreetMap around Newport (© OpenStreetMap contributors, Open Database Licence 1.0). Each was labelled
by reading, before any rule was changed for it: every type that a person could give the row from this name and this type, the likeliest first,
between ``|``; ``other`` first where they do not tell. ``half`` follows from a hash of name and type: rules may be written with
``tuning``, and are reported on ``held_out``.

Run ``python benchmarks/asset_types.py`` to print the table of docs/your_lists.md, ``--wrong`` to print the rows of the tuning half that are wrong.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.register.types import OTHER, known_types
from assetmap.register.words import name_keys

LABELS: Final = Path(__file__).with_name("type_labels.csv")


def half_of(name: str, typed: str) -> str:
    """Return the half that a row belongs to, by the hash of what it says."""
    number = int(hashlib.sha256(f"{name}|{typed}".encode()).hexdigest(), 16)
    return "held_out" if number % 2 else "tuning"


def read_labels() -> pd.DataFrame:
    """Return the labelled rows with the type that the rules give each (``found``) and whether it is right."""
    labels = pd.read_csv(LABELS, dtype="str", keep_default_na=False)
    labels["found"], _ = known_types(labels["type"], name_keys(labels["name"]))
    labels["right"] = [
        found in label.split("|") for found, label in zip(labels["found"], labels["label"], strict=True)
    ]
    labels["told"] = ~labels["label"].str.startswith(OTHER)
    return labels


def quality(labels: pd.DataFrame) -> dict[str, int]:
    """Count rows, rows that got a type, those that are right, rows whose type a person could tell, and those found.

    A row whose type a person could tell and that became ``other`` is missed.
    """
    typed = labels["found"] != OTHER
    return {
        "rows": len(labels),
        "typed": int(typed.sum()),
        "right": int((typed & labels["right"]).sum()),
        "told": int(labels["told"].sum()),
        "found": int((labels["told"] & typed & labels["right"]).sum()),
    }


def _wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the Wilson interval of 95% of a share."""
    z = 1.959964
    share, spread = part / whole, z**2 / whole
    half = z * (share * (1 - share) / whole + spread / (4 * whole)) ** 0.5
    return (share + spread / 2 - half) / (1 + spread), min((share + spread / 2 + half) / (1 + spread), 1.0)


def table_of_quality(labels: pd.DataFrame) -> str:
    """Return the table of the docs: precision and recall, with Wilson intervals of 95%."""

    def share(part: int, whole: int) -> str:
        low, high = _wilson(part, whole)
        return f"{part} of {whole} = {part / whole:.3f} ({low:.3f} to {high:.3f})"

    parts = {"held out": labels["half"] == "held_out", "tuning": labels["half"] == "tuning"}
    for source in sorted(labels["source"].unique()):
        parts[f"held out: {source}"] = parts["held out"] & (labels["source"] == source)
    parts["held out: name alone"] = parts["held out"] & (labels["type"] == "")
    parts["held out: name and type"] = parts["held out"] & (labels["type"] != "")
    lines = ["| | rows | precision | recall |", "|---|---|---|---|"]
    for name, rows in parts.items():
        count = quality(labels[rows])
        precision, recall = share(count["right"], count["typed"]), share(count["found"], count["told"])
        lines.append(f"| {name} | {count['rows']} | {precision} | {recall} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, and with ``--wrong`` what is wrong in the tuning half."""
    labels = read_labels()
    print(table_of_quality(labels))
    if "--wrong" in sys.argv[1:]:
        wrong = labels[(labels["half"] == "tuning") & ~labels["right"]]
        for name, typed, label, found in wrong[["name", "type", "label", "found"]].itertuples(index=False):
            print(f"{name} | {typed} | {label} | {found}")


if __name__ == "__main__":
    main()
