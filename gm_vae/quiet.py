"""TensorFlow says much at start-up that is no news to anybody; this keeps it to errors."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings


def import_tensorflow_quietly() -> None:
    """Import TensorFlow without its start-up lines; what the user set in the environment stands.

    Some of the lines are written past Python and before TensorFlow heeds its own settings, so
    standard error goes to a file meanwhile, and from there to the terminal if the import fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow then keeps memory instead of asking the system for each tensor anew, which takes
    # a third of a training step's CPU time
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("absl").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    if "tensorflow" in sys.modules or os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            import tensorflow  # noqa: F401
        except BaseException:
            said.seek(0)
            os.write(terminal, said.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
