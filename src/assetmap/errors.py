"""The errors that assetmap raises. This module imports nothing, so the command line can use it and start fast."""

from __future__ import annotations


class AssetmapError(Exception):
    """Base of every error that assetmap raises: what is wrong, where, and what to do."""


class SchemaError(AssetmapError, ValueError):
    """A table does not have the columns, types or index that a step needs."""


class InputError(AssetmapError, ValueError):
    """A file, a cell or an option that the user can fix."""


class VintageError(SchemaError):
    """Codes of another year (LSOA 2011 and 2021) or of another place, so nothing was joined."""


class FetchError(AssetmapError, OSError):
    """A file could not be downloaded. The message says from where, why, and what to do."""
