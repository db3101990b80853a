"""Map what communities have, estimate what no register shows, find where need is high and reach is low.

Use it as ``import assetmap as am``. Public names are loaded when they are first used, so that
``import assetmap`` is quick.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "AssetmapError": "schema",
    "Estimate": "schema",
    "InputError": "schema",
    "Results": "schema",
    "SchemaError": "schema",
    "VintageError": "schema",
    "check_areas": "schema",
    "check_assets": "schema",
    "check_need": "schema",
    "check_postcodes": "schema",
    "reference_table": "schema",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'assetmap' has no attribute '{name}'")
    return getattr(importlib.import_module(f"assetmap.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
