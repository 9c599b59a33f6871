"""What every test needs."""

from __future__ import annotations

import os

# Keras 3 under channels_first on any CPU: see "only supports the NHWC" in docs/verification.md.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
