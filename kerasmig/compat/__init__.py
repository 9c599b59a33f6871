"""``keras1_compat``: what Keras 1 had and Keras 3 has not, written into the user's project."""

from __future__ import annotations

from kerasmig.compat.adapters import adapter_name
from kerasmig.compat.select import (
    compat_names,
    compat_present,
    compat_signature,
    compat_source,
)

__all__ = ["adapter_name", "compat_names", "compat_present", "compat_signature", "compat_source"]
