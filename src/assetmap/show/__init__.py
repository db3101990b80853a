"""Turn numbers into a map, a report, tables and pictures.

The functions that most scripts need (`make_map`, `write_report`, `write_picture`, `write_csv`, `write_tables`) are at
the top of `assetmap`. The others are here.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
