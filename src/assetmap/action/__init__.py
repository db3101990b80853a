"""Social action: the conditions for it, whether money follows need, and what people do together."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
