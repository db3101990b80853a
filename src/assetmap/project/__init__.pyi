from .review import Verification, describe_verification, devolution_settings
from .settings import Settings

__all__ = ["Settings", "Verification", "describe_verification", "devolution_settings"]
