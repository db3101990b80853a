"""How well guarded places are recognised: recall on a labelled set, and ordinary rows that are guarded by mistake.

Run ``python benchmarks/guarded.py``. ``guarded_names.csv`` has names and types, real ones with their source and licence and
invented ones; the 391 groups of the example and, where it is at hand, the national list of libraries are the check for
ordinary rows. docs/security.md has the figures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import assetmap as am

LABELLED = Path(__file__).with_name("guarded_names.csv")
EXAMPLE = Path(__file__).parents[1] / "data" / "cornwall" / "groups.csv"


def guarded(names: pd.Series, types: pd.Series) -> pd.Series:
    """Return which rows the register guards, each as its own list of one row so that nothing is merged."""
    table = pd.DataFrame({"name": names.to_numpy(), "asset_type": types.to_numpy()}).fillna("")
    table.insert(0, "source", "labelled")
    table.insert(1, "row", range(2, len(table) + 2))
    table["covers"] = "Town"
    log = am.build_register(table, area_name="Town", audience="internal").log
    return pd.Series((log["guarded"] != "").to_numpy(), index=names.index)


def main() -> None:
    """Print recall, false alarms and the rows that were wrong."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--libraries", type=Path, help="the national list of libraries (CSV with a column name)"
    )
    libraries = parser.parse_args().libraries
    labelled = pd.read_csv(LABELLED, dtype=str, keep_default_na=False)
    found = guarded(labelled["name"], labelled["asset_type"])
    secret = labelled["label"] == "guarded"
    print(f"{len(labelled)} labelled rows: {secret.sum()} guarded, {(~secret).sum()} ordinary")
    print(f"recall {found[secret].mean():.4f} ({found[secret].sum()} of {secret.sum()})")
    print(f"ordinary guarded {found[~secret].mean():.4f} ({found[~secret].sum()} of {(~secret).sum()})")
    for _, row in labelled[found != secret].iterrows():
        print(f"  wrong: {row['name']} | {row['asset_type']} ({row['label']})")
    for title, path, type_of in (
        ("example groups", EXAMPLE, "asset_type"),
        ("national list of libraries", libraries, ""),
    ):
        if path is None or not path.is_file():
            continue
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        types = table[type_of] if type_of else pd.Series("library", index=table.index)
        hit = guarded(table["name"], types)
        print(f"{title}: {hit.sum()} of {len(table)} guarded ({hit.mean():.4f})", table["name"][hit].tolist())


if __name__ == "__main__":
    main()
