"""Need of small areas: published indices on your areas, vintages, areal interpolation, composite indices."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
