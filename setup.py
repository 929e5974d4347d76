"""Packaging of GM-VAE.

`pipelines/` and `export/` stand at the top of the tree and install as `gm_vae.pipelines` and
`gm_vae.export`, so that a user's own `export` folder never shadows ours.
"""

import pathlib
import re

import setuptools

HERE = pathlib.Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+?)"', (HERE / "gm_vae/version.py").read_text("utf-8"))[1]

setuptools.setup(
    name="gm-vae",
    version=VERSION,
    description="A latent space of multi-instrument General MIDI measures",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.10,<3.14",  # the Pythons that tensorflow publishes wheels for
    packages=[
        "gm_vae",
        "gm_vae.music",
        "gm_vae.arranger",
        "gm_vae.data",
        "gm_vae.model",
        "gm_vae.checkpoints",
        "gm_vae.backends",
        "gm_vae.backends.numpy",
        "gm_vae.backends.tensorflow",
        "gm_vae.backends.jax",
        "gm_vae.training",
        "gm_vae.generate",
        "gm_vae.evaluation",
        "gm_vae.pipelines",
        "gm_vae.export",
    ],
    package_dir={
        "gm_vae": "gm_vae",
        "gm_vae.pipelines": "pipelines",
        "gm_vae.export": "export",
    },
    package_data={
        "gm_vae": ["py.typed", "models/*/*"],  # models: the bundled ones
        "gm_vae.export": ["web/dist/*"],
    },
    install_requires=[
        "absl-py>=2.1",
        "audioop-lts>=0.2; python_version >= '3.13'",  # note-seq's pydub needs what Python dropped
        "apache-beam>=2.60",
        "google-crc32c>=1.5",
        "keras>=3.8",
        "matplotlib>=3.8",
        "mido>=1.2",
        "note-seq>=0.0.5",
        "numpy>=1.26",
        "scikit-learn>=1.3",
        "tensorboard>=2.18",
        "tensorflow>=2.18",
        "tensorflow-probability>=0.25",
        "tf-keras>=2.18",  # what tensorflow-probability needs beside Keras 3
        "threadpoolctl>=3.1",
    ],
    extras_require={
        # a General MIDI soundfont; FluidSynth, which plays it, is a program of the system
        "audio": ["pretty_midi>=0.2.10"],
        "gpu": ["tensorflow[and-cuda]>=2.18"],
        "jax": ["jax>=0.4.30"],  # KERAS_BACKEND=jax; jax[cuda13] for a GPU
        "aws": ["apache-beam[aws]>=2.60"],  # s3://
        "gcp": ["apache-beam[gcp]>=2.60"],  # gs://, Dataflow
        "dev": [
            "boto3>=1.34",
            "build>=1.2",
            "codespell>=2.4",
            "flask>=3.0",  # moto's server
            "flask-cors>=4.0",
            "hypothesis>=6.100",
            "jax>=0.4.30",  # KERAS_BACKEND=jax
            "moto[s3]>=5.0",
            "mypy>=2.0",
            "pytest>=8.0",
            "pytest-xdist>=3.5",
            "ruff>=0.6",
        ],
        "docs": [  # the site, `make docs`
            "latex2mathml>=3.77",
            "mkdocs-material>=9.6",
            "mkdocstrings[python]>=0.29",
        ],
    },
    entry_points={
        "console_scripts": [
            "gm-vae=gm_vae.cli:main",
            "gm-vae-worker=gm_vae.pipelines.worker:main",  # what a cluster starts
        ]
    },
    classifiers=[
        "License :: OSI Approved :: Apache Software License",
        "Programming Language :: Python :: 3",
        "Topic :: Multimedia :: Sound/Audio :: MIDI",
        "Typing :: Typed",
    ],
)
