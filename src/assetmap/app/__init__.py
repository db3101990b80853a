"""The app: the whole job in a browser, on this computer. Every button calls one public function of the library."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
