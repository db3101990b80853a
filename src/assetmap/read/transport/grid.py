"""Longitude and latitude onto the British National Grid."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from assetmap.schema import WORKING_CRS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_grid(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one row (easting, northing) per place, metres; infinite where a place cannot be on the grid."""
    return np.column_stack(_transformer().transform(lon, lat))


@functools.cache
def _transformer() -> Any:
    """Return the transformation, which takes longer to find than to use."""
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", WORKING_CRS, always_xy=True)
