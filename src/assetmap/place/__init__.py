"""Make a project for any place in England from official files, downloaded or saved by hand."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
