"""Sites: who runs them, what if they change, who loses, and a review of who could take them on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
