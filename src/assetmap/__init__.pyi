from .read.areas import read_areas
from .read.lookups import read_lookup
from .read.need import read_need
from .read.places import read_places
from .read.postcodes import read_postcodes
from .schema import (
    AssetmapError,
    Estimate,
    InputError,
    Note,
    Results,
    SchemaError,
    VintageError,
    check_areas,
    check_assets,
    check_need,
    check_postcodes,
    reference_table,
)

__version__: str

__all__ = [
    "AssetmapError",
    "Estimate",
    "InputError",
    "Note",
    "Results",
    "SchemaError",
    "VintageError",
    "check_areas",
    "check_assets",
    "check_need",
    "check_postcodes",
    "read_areas",
    "read_lookup",
    "read_need",
    "read_places",
    "read_postcodes",
    "reference_table",
]
