"""Map what communities have, estimate what no register shows, find where need is high and reach is low.

Use it as ``import assetmap as am``. The public names stand in ``__init__.pyi``; each is loaded when it is
first used, so that ``import assetmap`` is quick.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
