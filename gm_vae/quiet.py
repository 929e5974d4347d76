"""Import libraries without the lines that they print at start-up."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator

from gm_vae.signals import kept_signals


def import_tensorflow_quietly() -> None:
    """Import TensorFlow without its start-up lines; the user's environment takes precedence.

    Some lines are written by native code before TensorFlow applies its own settings, so standard
    error is redirected to a file, which is printed if the import fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow then keeps memory instead of allocating it for each tensor, which takes a third of
    # a training step's CPU time
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("absl").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    with contextlib.suppress(ImportError):  # Keras imports it with any backend
        import_matplotlib_quietly()
    if "tensorflow" in sys.modules or os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return
    with kept_signals(), _standard_error_withheld():
        import tensorflow  # noqa: F401


def import_matplotlib_quietly() -> None:
    """Import Matplotlib without its and fontconfig's warnings if no cache can be written.

    With a read-only or missing home folder, both use a cache in a temporary folder.
    """
    if "matplotlib.font_manager" in sys.modules:
        return
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with _standard_error_withheld():
            import matplotlib.font_manager  # noqa: F401
    finally:
        logger.setLevel(level)


def import_note_seq_quietly() -> None:
    """Import note_seq's protos without the warning that pydub, which it needs, finds no ffmpeg."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import note_seq.protobuf  # noqa: F401


@contextlib.contextmanager
def _standard_error_withheld() -> Iterator[None]:
    """Withhold standard error of the block and its child processes unless the block raises."""
    try:
        sys.stderr.flush()
        terminal = os.dup(2)
        written = tempfile.TemporaryFile()  # noqa: SIM115 (closed below)
    except (OSError, AttributeError):  # no standard error, or no folder for temporary files
        yield
        return
    with written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            written.seek(0)
            os.write(terminal, written.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
