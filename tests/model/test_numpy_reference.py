"""The NumPy reference against the original implementation's goldens."""

import numpy as np
import pytest
from closeness import NETWORK, assert_close
from numpy_reference import NumpyReference

CASES = ("chords_dec3", "plain_dec3")


@pytest.fixture(scope="module", params=CASES)
def case(request, golden):
    folder = golden / "model" / request.param
    with np.load(folder / "weights.npz") as file:
        weights = {name.replace("|", "/"): file[name] for name in file.files}
    with np.load(folder / "forward.npz") as forward, np.load(folder / "sample.npz") as sample:
        return NumpyReference(weights), dict(forward), dict(sample)


@pytest.mark.parametrize("batch", [0, 1])
def test_posterior_and_losses_equal_the_original(case, batch):
    reference, forward, _ = case
    rows = slice(4 * batch, 4 * batch + 4)
    tokens, lengths = forward["tokens"][rows], forward["lengths"][rows]
    chords = forward["chords"][rows] if "chords" in forward else None
    mu, sigma = reference.encode(tokens, lengths, chords)
    prefix = f"b{batch}_zeps_"
    want = {k.removeprefix(prefix): v for k, v in forward.items() if k.startswith(prefix)}
    assert_close(mu, want["mu"], NETWORK)
    assert_close(sigma, want["sigma"], NETWORK)
    z = mu + sigma * forward[f"b{batch}_eps"]
    assert_close(z, want["z"], NETWORK)
    kl = 0.5 * (mu**2 + sigma**2 - 1 - 2 * np.log(sigma)).sum(-1)
    # the sum over units of differences of terms of size 2, as mu^2 is
    assert_close(kl, want["kl_div"], NETWORK, size=2)

    logits = reference.logits(z, tokens, lengths, chords)
    real = np.arange(64) < lengths[..., None]
    if "logits" in want:
        assert_close(logits[real], want["logits"][real], NETWORK)
    nats = np.logaddexp.reduce(logits, -1)
    nats -= np.take_along_axis(logits, np.maximum(tokens, 0)[..., None], -1)[..., 0]
    nats = np.where(real, nats, 0).sum((1, 2))
    assert_close(nats, want["r_loss"], NETWORK)


def test_greedy_tokens_equal_the_original(case):
    reference, _, sample = case
    names = {
        key[6:-10] for key in sample if key.startswith("noend_") and key.endswith("_b0_tokens")
    }
    assert names
    for name in names:
        chords = None
        if f"c_{name}" in sample:
            rows = sample[f"c_{name}"].reshape(8, 64, -1)  # [T*E, C] -> [T, E, C]
            chords = np.where(rows.any(-1), rows.argmax(-1), -1)
        want = np.concatenate([sample[f"noend_{name}_b{batch}_tokens"] for batch in (0, 1)])
        margins = np.concatenate([sample[f"noend_{name}_b{batch}_margin"] for batch in (0, 1)])
        assert margins.min() > 1e-5  # no near tie that rounding could turn
        tokens, leads = reference.decode_greedy(sample["z"], chords)
        np.testing.assert_array_equal(tokens, want)
        assert_close(leads, margins, NETWORK, size=3)  # differences of logits of size 3
