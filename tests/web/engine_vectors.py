"""Writes tests/vectors/engine.json: a tiny model, and what the package computes with it.

python tests/web/engine_vectors.py
"""

from __future__ import annotations

import base64
import json
import pathlib
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "vectors" / "engine.json"
SIZES = {"encoder_units": 4, "decoder_units": (8, 8), "latent_size": 6, "start_units": 4}
# temperature, seed, repeat penalty
SETTINGS = [(0, 1, 1), (0.6, 81, 0), (0.6, 81, 1), (1.3, 2**32 - 5, 1)]
MEASURES = 3
SEED, DRUM_TRACK = 12, 2
# form, chords, bars, whether each letter has a point of its own, and how it is played
SONGS = [
    ("A B A", "A: C G; B: F|C Am Dm", None, False, {"temperature": 0.8, "seed": 5}),
    ("A A>B B", "C Am F|G|C|G", 12, True, {"temperature": 0.7, "seed": 6, "vary": 1.0}),
    ("A B", "C G Am F", None, False,
     {"temperature": 0.9, "seed": 7, "contrast": 0.0, "fills": False, "ending": False}),
    ("A B", "C G", None, False, {"temperature": 0, "seed": 8, "contrast": 1.0}),
]  # fmt: skip
WAY = 9
TEXTS = ("config.json", "weights_manifest.json")


def make() -> dict:
    """The vector anew."""
    from telling_models import telling_model

    from gm_vae import arranger
    from gm_vae.checkpoints.load import read_model
    from gm_vae.export.web_page import export_web
    from gm_vae.generate.loading import load
    from gm_vae.music.measures import measures_from_midi

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        telling_model(SIZES).save(folder / "model")
        export_web(read_model(folder / "model"), folder / "site", "uint8")
        files = files_of(folder / "site" / "model")
        model = load(folder / "site" / "model")
    rng = np.random.default_rng(5)
    z = rng.standard_normal((MEASURES, SIZES["latent_size"]), np.float32)
    chords = rng.integers(0, 49, (MEASURES, 2))
    measures = measures_from_midi(next(iter(arranger.songs(1, seed=2))).midi)[0][:MEASURES]
    return {
        "about": "A checkpoint (weights as uint8, base 64), and tokens and points that the package "
        "computes with it; tests/web/engine_vectors.py writes it.",
        "files": files,
        "decode": {
            "z": z.tolist(),
            "chords": chords.tolist(),
            "runs": [
                {
                    "temperature": temperature,
                    "seed": seed,
                    "repeat_penalty": penalty,
                    "tokens": trimmed(decode(model, z, chords, temperature, seed, penalty)),
                }
                for temperature, seed, penalty in SETTINGS
            ],
        },
        "phrases": phrases(model, z[0]),
        "bands": bands(model, z[:2]),
        "songs": [song(model, z[:2], *each) for each in SONGS],
        "encode": [
            {
                "tracks": [m.tokens[t, : m.lengths[t]].tolist() for t in range(8)],
                "chords": m.chord_ids.tolist(),
                "mu": mu.tolist(),
            }
            for m, mu in zip(measures, model.encode(measures)[0], strict=True)
        ],
    }


def decode(model, z, chords, temperature, seed, repeat_penalty) -> np.ndarray:
    """Tokens [B, T, E]."""
    draws = np.arange(len(z))
    return model.numpy.decode(z, chords, temperature, seed, draws, repeat_penalty=repeat_penalty)[0]


def phrases(model, point) -> dict:
    """A progression whose chords come back, with variations and fills; track 2 plays drums."""
    from gm_vae.generate.gmvae import Decoding
    from gm_vae.generate.phrases import Phrasing, play

    chords = np.array([[1, 1], [8, 8], [1, 1], [5, 10], [1, 1], [8, 8]])
    sections, z = np.zeros(len(chords), int), np.repeat(point[None], len(chords), 0)
    programs = np.ones((len(chords), model.format.max_tracks, 130), bool)
    programs[:, DRUM_TRACK, :128] = programs[:, DRUM_TRACK, 129:] = False
    decoding, phrasing = Decoding(0.8, seed=SEED), Phrasing(0.6, True)
    tracks = play(model, z, chords, sections, decoding, phrasing, programs)
    return {
        "point": point.tolist(),
        "chords": chords.tolist(),
        "temperature": 0.8,
        "drum_temperature": 0.72,
        "repeat_penalty": 1.0,
        "seed": SEED,
        "vary": 0.6,
        "drum_track": DRUM_TRACK,
        "tokens": trimmed(tracks.tokens),
    }


def bands(model, ends) -> dict:
    """What each track begins with on the way between two points."""
    from gm_vae.generate.bands import band_masks, first_tokens
    from gm_vae.generate.gmvae import Decoding
    from gm_vae.generate.points import interpolate

    logits = model.numpy.program_logits(interpolate(*ends, WAY))
    firsts = first_tokens(logits[[0, -1]], Decoding(0.8, seed=SEED), model.format)
    masks = band_masks(logits, *firsts)
    return {
        "ends": ends.tolist(),
        "temperature": 0.8,
        "seed": SEED,
        "bands": masks.argmax(-1).tolist(),
    }


def song(model, ends, form, chords, bars, own, how) -> dict:
    """A song: the tokens of each track that plays, bar by bar."""
    from gm_vae.generate.song import letters, read_form
    from gm_vae.generate.song import song as play_song

    sections = read_form(form, chords, bars)
    styles = dict(zip(letters(sections), ends, strict=True)) if own else ends[0]
    piece = play_song(model, sections, styles, **how)
    return {
        "form": form,
        "chords": chords,
        "bars": bars,
        "styles": ends.tolist() if own else ends[:1].tolist(),
        **how,
        "sections": [{"bar": bar, "name": name} for bar, name in piece.sections],
        "tokens": tokens_of(piece.measures),
    }


def tokens_of(measures) -> list[list[list[int]]]:
    """Of each track that plays in each measure."""
    return [
        [
            tokens[:length].tolist()
            for tokens, length in zip(measure.tokens, measure.lengths, strict=True)
            if length > 1
        ]
        for measure in measures
    ]


def trimmed(tokens: np.ndarray) -> list[list[int]]:
    """Tokens of each track of each measure, up to its end."""
    end = tokens.max()
    rows = tokens.reshape(-1, tokens.shape[-1]).tolist()
    return [row[: row.index(end) + 1] for row in rows]


def files_of(folder: pathlib.Path) -> dict:
    """What the page reads of a checkpoint folder."""
    shards = sorted(folder.glob("group*"))
    return {
        **{name: json.loads((folder / name).read_text(encoding="utf-8")) for name in TEXTS},
        **{path.name: base64.b64encode(path.read_bytes()).decode() for path in shards},
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "support"))
    FILE.write_text(json.dumps(make(), separators=(",", ":")) + "\n", encoding="utf-8")
