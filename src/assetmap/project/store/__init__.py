"""The store of a project: its lists, every edit and decision, and who changed what and when, in one file ``assetmap.db``.

The way data goes::

    a file -> add_list -> files (bytes, sha256) -> readings (how they were read) -> rows and cells, as imported
    edit_cell, accept_suggestion, move_asset, close_asset   -> edits      (the original cell is kept)
    decide_pair, decide_place                               -> decisions  (what review.csv says)
    add_asset                                               -> a row of the list of assets that were added by hand
    every one of them                                       -> changes    (who, when, what, from, to; only ever added to)

    rows + edits -> the same tables that `read_assets` returns -> `build_register`: the library judges, the store never does

`open_store` opens the store of a project folder and makes it if it is not there. Each function that saves takes the version
of what the caller saw; if somebody saved in between, it raises `ConflictError`, which has both values, who and when. A save
is on the disk when the function returns. Times are UTC.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
