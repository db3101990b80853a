"""Groups: how many community groups are on no register, and how certain that number is."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
