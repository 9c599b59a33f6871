"""kerasmig: migrate Keras 1 convolution code to Keras 3 and prove the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kerasmig.api import UpgradeResult, upgrade_source
    from kerasmig.settings import UpgradeSettings

__all__ = ["UpgradeResult", "UpgradeSettings", "__version__", "upgrade_source"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the library when it is asked for: the command line need not wait for it."""
    if name in ("UpgradeResult", "UpgradeSettings", "upgrade_source"):
        from kerasmig import api

        return getattr(api, name)
    raise AttributeError(f"module 'kerasmig' has no attribute {name!r}")
