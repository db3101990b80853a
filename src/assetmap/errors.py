"""The error family; it imports nothing, so that the command line can name an error without loading a table library."""

from __future__ import annotations


class AssetmapError(Exception):
    """Base of every error that assetmap raises on purpose: what, where, and what to do."""


class SchemaError(AssetmapError, ValueError):
    """A table does not have the shape that a step needs."""


class InputError(AssetmapError, ValueError):
    """A file, a cell or an option that its owner can mend."""


class VintageError(SchemaError):
    """Codes of another vintage (LSOA 2011 against 2021) or of another place; nothing was joined."""
