"""Gaps: where need is high and access is low, and how sensitive the answer is to the choices behind it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
