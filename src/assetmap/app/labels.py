"""Words of the app for codes of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.schema import reference_table

if TYPE_CHECKING:
    import pandas as pd


def type_label(code: str) -> str:
    """Return the label of a type of asset as the reference table has it; a type of your own is shown as it is written."""
    labels = reference_table("asset_types")["label"]
    return str(labels.get(code, code.replace("_", " ")))


def type_labels(codes: pd.Series) -> pd.Series:
    """Return the labels of a column of types."""
    return codes.astype("str").map(type_label)
