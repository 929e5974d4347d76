"""Phrases: what stays the same from bar to bar, and what changes."""

import collections

import numpy as np
import pytest
from well_formed import assert_well_formed

import gm_vae
from gm_vae.errors import UsageError
from gm_vae.generate import operations
from gm_vae.generate.gmvae import Decoding
from gm_vae.generate.phrases import lengths_before
from gm_vae.music.vocabulary import DRUMS, vocabulary

CHORDS = ["C", "G", "Am", "F", "C", "G", "Am", "F", "Dm"]
SEEDS = range(6)


@pytest.fixture(scope="module")
def model():
    return gm_vae.load("small")


def notes_of(measure):
    """For each track its program and its notes (onset, end, pitch, velocity)."""
    notes, tracks = measure.notes(), collections.defaultdict(set)
    for track, program, pitch, velocity, start, end in notes.tolist():
        tracks[track, program].add((start, end, pitch, velocity))
    return tracks


def drums_of(measure):
    """The hits (onset, pitch, velocity) of all drum tracks."""
    return {
        (start, pitch, velocity)
        for (_, program), notes in notes_of(measure).items()
        if program == DRUMS
        for start, _, pitch, velocity in notes
    }


def pitched(measure):
    return {key: notes for key, notes in notes_of(measure).items() if key[1] != DRUMS}


def songs(model, **how):
    return [
        operations.progression(model, model.sample_points(1, seed)[0], CHORDS, seed=seed, **how)
        for seed in SEEDS
    ]


def test_every_track_is_well_formed(model):
    for song in songs(model, vary=1.0):
        for measure in song:
            for tokens, length in zip(measure.tokens, measure.lengths):
                assert_well_formed(tokens[:length].tolist(), model.format)


def test_drums_keep_the_first_groove_and_the_fourth_bar_fills(model):
    with_drums = 0
    for song in songs(model):
        groove = drums_of(song[0])
        with_drums += bool(groove)
        for number, measure in enumerate(song):
            hits = drums_of(measure)
            if number in (3, 7, 8):  # the last bars of four, and the last one of all
                assert {hit for hit in groove if hit[0] < 48} <= hits
            else:
                assert hits == groove
    assert with_drums >= 3
    for song in songs(model, fills=False):
        assert all(drums_of(measure) == drums_of(song[0]) for measure in song)


def test_a_fill_is_busier_than_the_first_draw(model):
    """The best of four has on average more hits than a random one."""
    fills, grooves = [], []
    for song in songs(model):
        if drums_of(song[0]):
            fills.append(sum(start >= 48 for start, *_ in drums_of(song[3])))
            grooves.append(sum(start >= 48 for start, *_ in drums_of(song[0])))
    assert sum(fills) > sum(grooves)


def test_bars_come_back_a_little_changed(model):
    changed = kept = 0
    for song in songs(model, vary=0.5):
        for first, again in zip(song[:4], song[4:8]):
            before, after = pitched(first), pitched(again)
            assert before.keys() == after.keys()
            for key, notes in before.items():
                if notes == after[key]:
                    kept += 1
                    continue
                changed += 1
                # the first beat stays, but for when its last notes end and what may join them
                start = {(onset, pitch) for onset, _, pitch, _ in notes if onset < 24}
                assert start <= {(onset, pitch) for onset, _, pitch, _ in after[key]}
    assert changed > 10
    assert kept > 10


def test_nothing_changes_where_nothing_may(model):
    for song in songs(model, vary=0.0):
        for first, again in zip(song[:3], song[4:7]):
            assert first == again
    greedy = songs(model, temperature=0.0)
    for song in greedy:
        assert song[:4] == song[4:8]
    assert greedy == songs(model, temperature=0.0)


def test_all_pitched_tracks_are_sampled_again_at_one(model):
    same = [
        notes == pitched(again)[key]
        for song in songs(model, vary=1.0, temperature=1.0)
        for first, again in zip(song[:4], song[4:8])
        for key, notes in pitched(first).items()
    ]
    assert np.mean(same) < 0.5  # some draws give what was there


def test_a_song_begins_like_a_longer_one(model):
    point = model.sample_points(1, 5)[0]
    whole = operations.progression(model, point, CHORDS, seed=5)
    beginning = operations.progression(model, point, CHORDS[:6], seed=5, fills=True)
    assert beginning[:5] == whole[:5]
    assert operations.progression(model, point, CHORDS, seed=5) == whole
    assert operations.progression(model, point, CHORDS, seed=6) != whole


def test_a_share_out_of_its_range_is_refused(model):
    point = model.sample_points(1, 5)[0]
    with pytest.raises(UsageError, match=r"vary is 1\.5; give a number from 0 to 1"):
        operations.progression(model, point, CHORDS, vary=1.5)


def test_tokens_before_a_step_are_those_of_a_walk_along_the_track(model):
    vocab = vocabulary(model.format)
    labels = np.zeros((20, 2), int)
    tracks = model.decode_tracks(model.sample_points(20, 3), labels, Decoding(1.0, seed=1))
    rng = np.random.default_rng(0)
    steps = rng.integers(1, 96, tracks.lengths.shape)
    counts = lengths_before(tracks, steps, vocab)
    for tokens, length, step, count in zip(
        tracks.tokens.reshape(-1, 64), tracks.lengths.flat, steps.flat, counts.flat
    ):
        now, expected = 0, 0
        for count_so_far, token in enumerate(tokens[:length].tolist(), 1):
            if 256 <= token < 352:
                now += token - 255
            elif now < step:
                expected = count_so_far
        assert count == expected
