"""kerasmig: migrate Keras 1 convolution code to Keras 3 and prove the result."""

from kerasmig.api import UpgradeResult, upgrade_source
from kerasmig.settings import UpgradeSettings

__all__ = ["UpgradeResult", "UpgradeSettings", "__version__", "upgrade_source"]
__version__ = "0.1.0"
