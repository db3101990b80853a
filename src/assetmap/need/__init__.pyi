from .composite import combine_need, need_of_age
from .interpolate import add_up, area_of_postcodes, describe_interpolation, interpolate_onto
from .match import describe_conversion, match_counts, match_need

__all__ = [
    "add_up",
    "area_of_postcodes",
    "combine_need",
    "describe_conversion",
    "describe_interpolation",
    "interpolate_onto",
    "match_counts",
    "match_need",
    "need_of_age",
]
