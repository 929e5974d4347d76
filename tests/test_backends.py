"""A backend is one folder: without it and its packages, everything else works."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from patience import PATIENCE_SECONDS

import gm_vae

REPOSITORY = pathlib.Path(gm_vae.__file__).resolve().parent.parent
PACKAGES = {"tensorflow": ("tensorflow", "tensorflow_probability", "tf_keras"), "jax": ("jax",)}
# what only TensorFlow can write or read
OF_TENSORFLOW = ("gm_vae.export.saved_model", "gm_vae.export.tfjs", "gm_vae.export.graph_model")
SCRIPT = """
import importlib, pathlib, pkgutil, sys
gone, data, run = sys.argv[1:4]
for name in sys.argv[4].split(","):
    sys.modules[name] = None  # as where it is not installed
import gm_vae
for module in pkgutil.walk_packages(gm_vae.__path__, "gm_vae."):
    name = module.name
    if name.endswith("__main__") or name in sys.argv[5].split(","):
        continue
    if any(backend in name for backend in ("backends.tensorflow", "backends.jax")):
        continue  # the one that is left is imported when it trains
    importlib.import_module(name)
if gone == "tensorflow":  # quicker to compile: fewer segments, each a loop
    import functools
    from gm_vae.backends.jax import recurrence, trainer
    recurrence.UNROLL = 1
    trainer.segments_for = functools.partial(trainer.segments_for, count=2)
from gm_vae.cli import main
sizes = ["--encoder_units=12", "--decoder_units=16,16", "--latent_size=6"]
training = ["--batch_size=16", "--steps=4", "--save_every=2", "--log_every=1"]
assert main(["train", f"--data={data}", f"--output={run}", *sizes, *training]) == 0
model = f"--model={run}"
assert main(["evaluate", model, f"--data={data}", "--limit=40", "--draws=0", "--samples=8"]) == 0
song = f"--output={run}/song.mid"
assert main(["generate", model, "--chords=C Am F G", "--seed=1", song]) == 0
assert main(["encode", model, f"--midi={run}/song.mid", f"--output={run}/points.json"]) == 0
"""


@pytest.mark.slow  # other processes compile
@pytest.mark.parametrize(("gone", "left"), [("tensorflow", "jax"), ("jax", "tensorflow")])
def test_a_backend_is_one_folder(gone, left, songs_dataset, tmp_path):
    pytest.importorskip("jax", reason="jax is not installed; pip install jax")
    package = tmp_path / "package/gm_vae"
    ignored = shutil.ignore_patterns("node_modules", "dist", "__pycache__", "web")
    shutil.copytree(REPOSITORY / "gm_vae", package, ignore=ignored)
    for name in ("pipelines", "export"):
        if not (package / name).exists():
            shutil.copytree(REPOSITORY / name, package / name, ignore=ignored)
    shutil.rmtree(package / "backends" / gone)
    arguments = (gone, songs_dataset, tmp_path / "run", ",".join(PACKAGES[gone]))
    left_out = ",".join(OF_TENSORFLOW) if gone == "tensorflow" else ""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments, left_out],
        env={
            **os.environ,
            "PYTHONPATH": str(package.parent),
            "KERAS_BACKEND": left,
            "JAX_PLATFORMS": "cpu",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "run/song.mid").stat().st_size > 100
