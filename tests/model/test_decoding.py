"""Decoding: the published procedure against the original's tokens, the grammar against rules."""

import numpy as np
import pytest
import tensorflow as tf
from closeness import NETWORK, assert_close
from near_ties import assert_same_choices
from numpy_reference import NumpyReference
from well_formed import assert_well_formed

from gm_vae.backends import make_network
from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.data.dataset import read_measures
from gm_vae.model.config import ModelConfig
from gm_vae.model.decoding import decode_side_by_side
from gm_vae.model.grammar import Grammar, repeat_penalty_at
from gm_vae.model.sampling import sample_token, uniforms
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import EventType, vocabulary

side_by_side = tf.function(decode_side_by_side)


@pytest.mark.parametrize("name", ["chords_dec3", "plain_dec3"])
def test_greedy_tokens_are_the_originals(golden, name):
    folder = golden / "model" / name
    config = ModelConfig(48, (40, 40, 40), 32, chords=name.startswith("chords"))
    weights = np.load(folder / "weights.npz")
    model = NumpyVAE(config, {key.replace("|", "/"): weights[key] for key in weights})
    sample = np.load(folder / "sample.npz")
    kinds = [key[:-10] for key in sample if key.startswith("noend") and key.endswith("_b0_tokens")]
    assert kinds
    for kind in kinds:
        for index in (0, 1):
            expected = sample[f"{kind}_b{index}_tokens"]
            margin = sample[f"{kind}_b{index}_margin"]
            chords = np.zeros(expected.shape, np.int32)
            if model.config.chords:
                control = sample[kind.replace("noend_", "c_")]  # [T * E, C], one-hot
                ids = np.where(control.any(1), control.argmax(1), -1)  # zeros: no input at all
                chords += ids.reshape(1, *expected.shape[1:]).astype(np.int32)
            z = sample["z"][4 * index : 4 * index + 4]
            tokens = model.decode_in_sequence(z, chords, 0.0, 0, np.arange(4))
            assert margin.min() > 1e-5  # no ties in these goldens
            np.testing.assert_array_equal(tokens, expected)


def test_uniforms_are_the_documented_hash():
    def mix(x):
        x = (x + 0x9E3779B9) & 0xFFFFFFFF
        x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
        return x ^ (x >> 16)

    seed, measures, tracks, position = 1234, [0, 7, 500000], [0, 7, 3], 63
    expected = [
        ((mix(mix(mix(mix(seed) ^ m) ^ t) ^ position) >> 9) + 0.5) * 2.0**-23
        for m, t in zip(measures, tracks)
    ]
    actual = uniforms(seed, np.array(measures), np.array(tracks), position)
    np.testing.assert_array_equal(np.asarray(actual), np.float32(expected))
    many = np.asarray(uniforms(5, np.arange(20000), np.zeros(20000, np.int32), 0))
    counts = np.bincount((many * 20).astype(int), minlength=20)
    assert abs(counts - 1000).max() < 5 * np.sqrt(1000)  # five standard deviations
    assert many.min() > 0
    assert many.max() < 1


@pytest.mark.parametrize("size", [1, 2, 9, 490])
def test_draws_invert_the_distribution_and_never_pick_forbidden_tokens(size):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (3000, size)).astype(np.float32)
    logits[rng.random(logits.shape) < 0.9] = -np.inf
    possible = rng.integers(size, size=3000)
    logits[np.arange(3000), possible] = 0
    uniform = rng.random(3000).astype(np.float32)
    uniform[:1000] = np.repeat(np.float32([2.0**-24, 1 - 2.0**-24]), 500)  # the ends
    for temperature in (0.01, 1.0, 2.0):
        tokens = sample_token(logits, temperature, uniform)
        assert np.isfinite(logits[np.arange(3000), tokens]).all()
        best = logits.max(1, keepdims=True)
        sums = np.exp((logits.astype(float) - best) / temperature).cumsum(1)
        expected = (sums <= uniform[:, None] * sums[:, -1:]).sum(1)
        assert (tokens != expected)[1000:].mean() < 1e-3  # those on a boundary may round


@pytest.mark.parametrize("temperature", [0.0, 0.01, 0.5, 1.0, 2.0, 10.0])
@pytest.mark.parametrize(
    "fmt",
    [
        MeasureFormat(),
        MeasureFormat(beats_per_bar=3, max_track_length=9, velocity_bins=1),
        MeasureFormat(
            7, 8, 6, 3, 270, 1, 3, velocity_bins=2, chords_per_measure=3, min_pitch=60, max_pitch=63
        ),
    ],
    ids=["default", "tight", "long tracks, few pitches"],
)
def test_every_track_is_well_formed_even_from_random_weights(temperature, fmt):
    model = make_network(ModelConfig(8, (16,), 4, fmt=fmt))
    rng = np.random.default_rng(0)
    # large weights: some tokens become all but certain, as in a model gone wrong
    model.load_published_weights(
        {
            name: rng.normal(0, 1.5, value.shape).astype(np.float32)
            for name, value in model.published_weights().items()
        }
    )
    z = rng.normal(size=(64, 4)).astype(np.float32)
    chords = rng.integers(0, 49, (64, fmt.chords_per_measure))
    arguments = z, chords, temperature, 7, np.arange(64, dtype=np.int32)
    weights = model.published_weights()
    tokens, lengths = NumpyVAE(model.config, weights).decode(*arguments)
    in_graph, graph_lengths = map(np.asarray, side_by_side(model, *arguments))
    assert_same_choices(in_graph, tokens, model.config, weights, *arguments)
    numpy, control = (
        NumpyVAE(model.config, weights),
        {"repeat_penalty": 1.0, "drum_temperature": 0.5 * temperature},
    )
    varied, _ = side_by_side(model, *arguments, **control)
    expected = numpy.decode(*arguments, **control)[0]
    assert_same_choices(varied, expected, model.config, weights, *arguments, **control)
    ends = (in_graph == vocabulary(fmt).end).argmax(-1)
    np.testing.assert_array_equal(graph_lengths, ends + 1)
    assert tokens.shape == (64, fmt.max_tracks, fmt.max_track_length)
    for rows, row_lengths in zip(tokens, lengths):
        for row, length in zip(rows, row_lengths):
            assert_well_formed(row[:length].tolist(), fmt)
            assert not row[length:].any()
    assert (lengths > 1).any()


def test_the_range_of_pitches_is_all_that_the_grammar_loses():
    """In every state of random tracks, the allowed tokens are those of 0..127 within the range."""
    wide, narrow = MeasureFormat(), MeasureFormat(min_pitch=50, max_pitch=70)
    vocab, rng = vocabulary(wide), np.random.default_rng(0)
    outside = np.zeros(vocab.size, bool)
    outside[:50] = outside[71:128] = True
    grammar, limited = Grammar(wide), Grammar(narrow)
    state = grammar.start(64)
    is_drum = np.zeros(64, bool)
    for t in range(64):
        allowed = np.asarray(grammar.allowed(state, 64 - t))
        narrowed = np.asarray(limited.allowed(state, 64 - t))
        expected = allowed & ~(outside & ~is_drum[:, None])
        going = ~np.asarray(state.done)
        # a velocity or a shift may be lost where no note is left to strike, and nothing else
        assert not (narrowed & ~allowed)[going].any()
        np.testing.assert_array_equal(narrowed[going][:, :256], expected[going][:, :256])
        assert narrowed[going].any(1).all()
        weights = narrowed * rng.random(narrowed.shape) * np.where(np.arange(490) < 256, 5, 1)
        token = weights.argmax(1).astype(np.int32)
        if t == 0:
            token[:20] = vocab.drums
        is_drum |= token == vocab.drums
        state = grammar.advance(state, token)
    assert np.asarray(state.done).all()


def test_a_penalty_moves_probability_from_the_last_onset_to_other_notes():
    """In states of random tracks; the pitches of onsets are kept by a plain loop."""
    fmt, rng = MeasureFormat(), np.random.default_rng(3)
    grammar, vocab = Grammar(fmt), vocabulary(fmt)
    state = grammar.start(48)
    striking, struck = [set() for _ in range(48)], [set() for _ in range(48)]
    is_drum, seen = np.arange(48) < 8, 0
    for t in range(64):
        logits = rng.normal(size=(48, vocab.size)).astype(np.float32)
        logits[:, :128] += 2
        constrained = grammar.constrain(logits, state, 64 - t)
        varied = grammar.vary(constrained, state, np.float32(1.5))
        np.testing.assert_array_equal(varied[:, 128:], constrained[:, 128:])
        np.testing.assert_array_equal(np.isinf(varied), np.isinf(constrained))
        for row in np.flatnonzero(~np.isinf(constrained[:, :128]).all(1)):
            before = np.exp(constrained[row, :128].astype(np.float64))
            weight = np.exp(-1.5 * np.isin(np.arange(128), list(struck[row])) * ~is_drum[row])
            expected = before * weight
            expected *= before.sum() / expected.sum()
            assert_close(np.exp(varied[row, :128]), expected, NETWORK)
            seen += weight.min() < 1
        token = np.where(np.isinf(varied), -np.inf, varied + rng.gumbel(size=varied.shape)).argmax(
            1
        )
        if t == 0:
            token = np.where(is_drum, vocab.drums, vocab.program + 5)
        for row in np.flatnonzero(~state.done):
            kind, value = vocab.decode(int(token[row]))
            if kind == EventType.NOTE_ON:
                striking[row].add(value)
            elif kind == EventType.TIME_SHIFT and striking[row]:
                struck[row], striking[row] = striking[row], set()
        state = grammar.advance(state, token)
    assert seen > 100
    assert [float(repeat_penalty_at(2.0, t)) for t in (0, 0.2, 0.5, 0.75, 1, 3)] == [
        0,
        2,
        2,
        1,
        0,
        0,
    ]


def test_a_measure_does_not_depend_on_its_neighbours():
    model = make_network(ModelConfig(8, (16, 16), 4))
    z = np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32)
    chords = np.full((6, 2), 1)
    together, _ = side_by_side(model, z, chords, 1.0, 3, np.arange(6))
    alone = z[:1], chords[:1], 1.0, 3, np.arange(1)
    first, _ = side_by_side(model, *alone)
    weights = model.published_weights()
    assert_same_choices(first, np.asarray(together)[:1], model.config, weights, *alone)


def test_the_grammar_allows_all_of_real_music(songs_dataset):
    """Except for a second note-on of a sounding pitch, which occurs in the corpus but not in
    decoding."""
    grammar = Grammar(MeasureFormat())
    rows = [
        row
        for measure in read_measures(songs_dataset, "train")
        for row, length in zip(measure.tokens.astype(np.int32), measure.lengths)
        if length > 1
    ]
    tokens = np.stack(rows)
    state, checked = grammar.start(len(tokens)), 0
    apart = np.ones(len(tokens), bool)  # no pitch was struck while it sounded
    for t in range(tokens.shape[1]):
        allowed = grammar.allowed(state, tokens.shape[1] - t)
        token, going = tokens[:, t], ~state.done
        sounds = state.turn[np.arange(len(tokens)), token % 128] < 2**30
        apart &= ~((token < 128) & sounds & going)
        checkable = going & apart
        assert allowed[np.arange(len(tokens)), token][checkable].all(), t
        checked += checkable.sum()
        state = grammar.advance(state, token)
    assert state.done.all()
    assert apart.mean() > 0.95
    assert checked > 10_000


def test_a_tracks_first_token_follows_the_first_input(golden):
    folder = golden / "model" / "chords_dec3"
    weights = np.load(folder / "weights.npz")
    weights = {key.replace("|", "/"): weights[key] for key in weights}
    model = make_network(ModelConfig(48, (40, 40, 40), 32))
    model.load_published_weights(weights)
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4, 32)).astype(np.float32)
    vocab = vocabulary(model.config.fmt)
    first_inputs = rng.integers(-1, vocab.size, (4, 8)).astype(np.int32)
    chords, draws = np.full((4, 2), 5), np.arange(4)

    in_numpy = NumpyVAE(model.config, weights)

    def greedy(first_inputs):
        arguments = z, chords, 0.0, 0, draws, first_inputs
        tokens, lengths = in_numpy.decode(*arguments)
        in_graph, _ = side_by_side(model, *arguments)
        assert_same_choices(in_graph, tokens, model.config, weights, *arguments)
        return tokens, lengths

    tokens, lengths = greedy(first_inputs)
    # a track begins with a program or the end, under "no chord"
    heard = np.zeros(tokens.shape, int)
    logits = NumpyReference(weights).logits(z, tokens, lengths, heard, first_inputs)
    np.testing.assert_array_equal(
        tokens[:, :, 0], logits[:, :, 0, vocab.program :].argmax(-1) + vocab.program
    )
    zeros, _ = greedy(np.full((4, 8), -1, np.int32))
    np.testing.assert_array_equal(zeros, greedy(None)[0])
    assert (zeros != tokens).any()  # these weights have not learned to ignore it
