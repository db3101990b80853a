"""Map what communities have, estimate the groups on no register, and find where need is high and access is low.

Use it as ``import assetmap as am``. ``__init__.pyi`` lists the public names. Each is loaded when you first use it,
so that ``import assetmap`` is quick.
"""

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
