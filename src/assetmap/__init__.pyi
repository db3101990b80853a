from .measure.counts import count_groups, count_per_1000, count_within
from .measure.distances import distance_to_nearest, population_centres
from .measure.estimates import estimate_unregistered
from .measure.gaps import find_gaps
from .measure.need import describe_conversion, match_need
from .measure.small_areas import spread_estimate
from .project import (
    Project,
    build,
    example_project,
    measure_project,
    new_project,
    open_project,
    summarise,
)
from .read.areas import read_areas
from .read.assets import read_assets
from .read.lookups import read_lookup
from .read.need import read_need
from .read.places import read_places
from .read.postcodes import read_postcodes
from .register.areas import assign_areas
from .register.build import build_register
from .schema import (
    AssetmapError,
    Estimate,
    Figure,
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
from .show.maps import Layer, make_map, map_layers
from .show.pictures import draw_map, write_picture
from .show.report import write_report
from .show.tables import write_csv, write_geopackage, write_tables

__version__: str

__all__ = [
    "AssetmapError",
    "Estimate",
    "Figure",
    "InputError",
    "Layer",
    "Note",
    "Project",
    "Results",
    "SchemaError",
    "VintageError",
    "assign_areas",
    "build",
    "build_register",
    "check_areas",
    "check_assets",
    "check_need",
    "check_postcodes",
    "count_groups",
    "count_per_1000",
    "count_within",
    "describe_conversion",
    "distance_to_nearest",
    "draw_map",
    "estimate_unregistered",
    "example_project",
    "find_gaps",
    "make_map",
    "map_layers",
    "match_need",
    "measure_project",
    "new_project",
    "open_project",
    "population_centres",
    "read_areas",
    "read_assets",
    "read_lookup",
    "read_need",
    "read_places",
    "read_postcodes",
    "reference_table",
    "spread_estimate",
    "summarise",
    "write_csv",
    "write_geopackage",
    "write_picture",
    "write_report",
    "write_tables",
]
