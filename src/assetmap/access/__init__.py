"""Access: what it costs to get from where people live to what they need, and what is within a limit."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
