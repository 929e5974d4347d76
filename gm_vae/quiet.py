"""TensorFlow says much at start-up that is no news to anybody; this keeps it to errors."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_tensorflow() -> None:
    """Call before the first import of TensorFlow; what the user set in the environment stands."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("absl").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
