"""Computes a golden model's forward pass and gradients with JAX: `jax_forward.py FOLDER OUT.npz`.

Run with KERAS_BACKEND=jax, in a process of its own, since Keras has one backend a process.
"""

import pathlib
import sys

import jax
import keras
import numpy as np

from gm_vae.backends import make_network
from gm_vae.model.config import ModelConfig


def main(folder: pathlib.Path, output: pathlib.Path) -> None:
    model = make_network(ModelConfig(48, (40, 40, 40), 32, chords=folder.name.startswith("chords")))
    weights = np.load(folder / "weights.npz")
    model.load_published_weights({key.replace("|", "/"): weights[key] for key in weights})
    variables = model.published_variables()

    def score(values, tokens, lengths, chords, noise):
        with keras.StatelessScope(state_mapping=list(zip(variables.values(), values))):
            scores = model.score(tokens, lengths, chords, noise)
        loss = keras.ops.mean(scores.reconstruction + scores.kl)
        return loss, (
            scores.mu,
            scores.sigma,
            scores.reconstruction,
            scores.kl,
            scores.logits.logits,
        )

    score = jax.jit(jax.value_and_grad(score, has_aux=True))
    forward, train = np.load(folder / "forward.npz"), np.load(folder / "train.npz")
    values = [variable.value for variable in variables.values()]
    arrays = {}

    def run(index, noise):
        rows = slice(4 * index, 4 * index + 4)
        tokens = np.maximum(forward["tokens"][rows], 0)  # padding is -1 there and 0 here
        chords = np.maximum(forward["chords"][rows], 0) if "chords" in forward else 0 * tokens
        return score(values, tokens, forward["lengths"][rows], chords, noise)

    for index in (0, 1):
        (_, aux), _ = run(index, forward[f"b{index}_eps"])
        for name, value in zip(("mu", "sigma", "r_loss", "kl", "logits"), aux):
            arrays[f"b{index}_{name}"] = np.asarray(value)
        # dense entries are step by step: [E * B * T, V] -> [B, T, E, V]
        logits = arrays[f"b{index}_logits"].reshape(64, 4, 8, -1)
        arrays[f"b{index}_logits"] = logits.transpose(1, 2, 0, 3)
    _, gradients = run(0, train["eps"])
    for name, gradient in zip(variables, gradients):
        arrays["grad|" + name.replace("/", "|")] = np.asarray(gradient)
    np.savez(output, **arrays)
    without = "without" if "tensorflow" not in sys.modules else "with"
    print(f"{keras.backend.backend()}, {without} TensorFlow")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
