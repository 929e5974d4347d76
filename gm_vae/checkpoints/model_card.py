"""README.md of an export: what the model is, its figures, its licence, and how to load it."""

from __future__ import annotations

import pathlib
from typing import Any

from gm_vae.checkpoints.checkpoint import Checkpoint, write_attributes
from gm_vae.model.published import NetworkSizes
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary
from gm_vae.version import __version__

FILE_NAME = "README.md"

_LOADING = {
    "checkpoint": """```python
import gm_vae

model = gm_vae.load("FOLDER")
measures = model.decode(model.sample_points(4, seed=1), ["C", "Am", "F", "G"], seed=1)
```

The folder is a magenta.js checkpoint too: `new mm.MusicVAE("URL of the folder")`.""",
    "savedmodel": """```python
import tensorflow as tf
served = tf.saved_model.load("FOLDER")
served.signatures["sample"](count=4, chords=[[1]], temperature=0.5, seed=1)  # z, tokens, lengths
```

TensorFlow Serving serves it from `FOLDER/1/`; inputs go by name, in columns:

```sh
curl http://localhost:8501/v1/models/gm_vae:predict -d '{"signature_name": "sample",
  "inputs": {"count": 4, "chords": [[1]], "temperature": 0.5, "seed": 1}}'
```

`gm_vae.load("FOLDER")` reads it as well. `assets.extra/vocabulary.json` tells what tokens and
chords mean.""",
    "magentajs": """```js
import {MusicVAE} from "gm-vae";

const model = new MusicVAE("URL of this folder");
await model.initialize();
const [measure] = await model.sample(1, 0.5, {chordProgression: ["Am"]}, 24);
```

`gm-vae` is the npm package in packages/engine of the source. With the class of magenta.js,
`mm.MusicVAE` of `@magenta/music`, the same lines take some hundred times as long.
`gm_vae.load("FOLDER")` reads the folder as well.""",
    "tfjs": """```js
const init = await tf.loadGraphModel("URL of this folder/init/model.json");
const step = await tf.loadGraphModel("URL of this folder/decode_step/model.json");
const encode = await tf.loadGraphModel("URL of this folder/encode/model.json");
```

`init.execute({z})` gives `gates` and the states `h0`, `c0`, ... of all tracks, rows b * tracks + t.
`step.execute({gates, previous, chord, h0, c0, ...})` gives `logits` and `next_h0`, `next_c0`, ...;
feed `previous` -1 and chord 0 at the first step, then the token chosen and the chord of its time,
until every track has chosen the end. `encode.executeAsync({tokens, lengths, chords})` gives `mu`
and `sigma`. Outputs come in the order of `structuredOutputKeys`; a model without chords has no such
inputs. `vocabulary.json` tells what tokens and chords mean.""",
}


def model_card(checkpoint: Checkpoint, form: str, quantization: str = "none") -> str:
    """The card as Markdown.

    Args:
        checkpoint: the model. In its `training`, "evaluation" (written by `gm-vae evaluate`) or
            else "validation" contains the figures, and "license" the terms.
        form: "checkpoint", "savedmodel", "magentajs" or "tfjs".
        quantization: the storage type of the weights (`write_tensors`).
    """
    config, training = checkpoint.config, checkpoint.training
    sizes = NetworkSizes.of(config)
    parameters = sum(rows * columns for rows, columns in _tables(sizes))
    decoder = "x".join(map(str, config.decoder_units))
    facts = [
        ("preset", config.preset),
        (
            "network",
            f"encoder {config.encoder_units}, decoder {decoder}, z {config.latent_size}, "
            f"{'with' if config.chords else 'without'} chords; {parameters:,} parameters",
        ),
        ("measures", _measures(config.fmt)),
        ("weights", f"stored as {'float32' if quantization == 'none' else quantization}"),
        *_training(training),
        ("attribute vectors", "beside the weights" if checkpoint.attributes else ""),
        ("made by", f"gm-vae {__version__}"),
    ]
    sections = [
        "# A latent space of General MIDI measures",
        "A variational autoencoder of single measures with up to "
        f"{config.fmt.max_instruments} instruments (GM-VAE): a measure becomes a point of "
        f"{config.latent_size} numbers, and a point becomes a measure"
        f"{' under any chord' if config.chords else ''}.",
        _table([(name, text) for name, text in facts if text]),
        "## Figures",
        _figures(training),
        "## Licence",
        str(
            training.get("license")
            or "Not stated. The code of gm-vae is under Apache-2.0; what the weights may be used "
            "for follows from the data that they were trained on."
        ),
        "## Loading",
        _LOADING[form],
    ]
    return "\n\n".join(sections) + "\n"


def write_card(folder: pathlib.Path, checkpoint: Checkpoint, form: str, quantization: str) -> None:
    """Write `model_card`. Raises OSError."""
    card = model_card(checkpoint, form, quantization)
    (folder / FILE_NAME).write_text(card, encoding="utf-8")


def write_about(folder: pathlib.Path, checkpoint: Checkpoint, form: str, quantization: str) -> None:
    """Write `model_card`, and the attribute vectors if there are any. Raises OSError."""
    write_card(folder, checkpoint, form, quantization)
    write_attributes(folder, checkpoint.attributes)


def _tables(sizes: NetworkSizes) -> list[tuple[int, int]]:
    return [shape if len(shape) == 2 else (1, shape[0]) for shape in sizes.shapes().values()]


def _measures(fmt: MeasureFormat) -> str:
    return (
        f"{fmt.meter}, {fmt.steps_per_measure} steps, {fmt.min_instruments} to "
        f"{fmt.max_instruments} instruments, {fmt.max_events} events a track, "
        f"{vocabulary(fmt).size} tokens"
    )


def _training(training: dict[str, Any]) -> list[tuple[str, str]]:
    dataset = training.get("dataset") or {}
    config = training.get("config") or {}
    origin = training.get("finetuned_from")
    known = training.get("sigma_known", True)
    return [
        ("imported from", str(training.get("imported_from", ""))),
        ("uncertainty", "" if known else "unknown: the source had no sigma, the prior's stands in"),
        ("data", ", ".join(map(str, dataset.get("sources", [])))),
        ("training measures", f"{dataset['measures']:,}" if "measures" in dataset else ""),
        ("steps", _steps(training)),
        ("batch", str(config.get("batch_size", ""))),
        ("fine-tuned from", "" if origin is None else _origin(origin)),
    ]


def _steps(training: dict[str, Any]) -> str:
    if "steps" not in training:
        return ""
    steps = f"{training['steps']:,}"
    return f"{training['best_step']:,}, the best of {steps}" if "best_step" in training else steps


def _origin(training: dict[str, Any]) -> str:
    facts = _training(training)
    return "; ".join(f"{name}: {text}" for name, text in facts if text) or "a model of no record"


def _figures(training: dict[str, Any]) -> str:
    given = training.get("evaluation")
    figures = given or training.get("validation")
    if not figures:
        return "None are known: `gm-vae evaluate` measures them, `--evaluation` puts them here."
    where = f"{figures.get('split', 'test')} split" if given else "validation during training"
    music = ", ".join(figures.get("sources", []))
    rows = [("music", music)] if music else []
    rows.append(("measures", f"{figures.get('measures', 0):,} ({where})"))
    for key, name, digits in (
        ("bits_per_measure", "bits per measure", 1),
        ("reconstruction_bits", "of them reconstruction", 1),
        ("kl_bits", "of them KL", 1),
        ("latent_bits", "latent usage, bits", 1),
        ("accuracy", "token accuracy", 3),
        ("nats_per_token", "nats per token", 3),
    ):
        if isinstance(figures.get(key), (int, float)):
            rows.append((name, f"{figures[key]:.{digits}f}"))
    bound = figures.get("importance_weighted") or {}
    if "bits_per_measure" in bound:
        rows.append(("bits per measure, importance-weighted", f"{bound['bits_per_measure']:.1f}"))
    notes = figures.get("reconstructions") or {}
    if "note_f1" in notes:
        rows.append(("F1 of greedy notes", f"{notes['note_f1']:.3f}"))
    for key, name in (("pitched_note_f1", "pitched"), ("drum_note_f1", "drums")):
        if key in notes:
            rows.append((f"of them {name}", f"{notes[key]:.3f}"))
    rows += _samples(figures.get("samples") or {})
    return _table(rows)


def _samples(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """Distances of samples from real measures, and between real measures (`gm-vae evaluate`)."""
    return [
        (
            f"{name}, samples at temperature {figures['temperature']:g}",
            f"{figures[key]:.3f} (real music {figures[floor]:.3f})",
        )
        for key, floor, name in (
            ("distance", "distance_floor", "distance from real measures"),
            ("auc", "auc_floor", "AUC of a classifier"),
        )
        if figures.get(key) is not None and figures.get(floor) is not None
    ]


def _table(rows: list[tuple[str, str]]) -> str:
    cells = [(name, text.replace("|", "\\|").replace("\n", " ")) for name, text in rows]
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in cells)])
