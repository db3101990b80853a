from .application import make_app
from .serve import serve_app

__all__ = ["make_app", "serve_app"]
