import hashlib
import itertools
import random

import numpy as np
import pytest

from gm_vae import measures_from_midi
from gm_vae.data import examples
from gm_vae.errors import UserError
from gm_vae.music.measure import Measure
from gm_vae.pipelines import splits
from gm_vae.pipelines.chunks import SongInfo
from gm_vae.pipelines.near_copies import near_copies
from gm_vae.pipelines.song_table import SongTable


def _keys(count):
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


def _counts(keys, validation, test):
    cut = splits.cuts(keys, validation, test)
    names = [cut.split_of(key) for key in keys]
    return names.count("train"), names.count("validation"), names.count("test")


def test_small_corpora_hold_something_out():
    expected = {1: (1, 0, 0), 2: (1, 1, 0), 3: (1, 1, 1), 20: (18, 1, 1), 100: (90, 5, 5)}
    for count, split in expected.items():
        assert _counts(_keys(count), 5, 5) == split
    assert _counts([], 5, 5) == (0, 0, 0)
    assert _counts(_keys(10), 0, 30) == (7, 0, 3)
    assert _counts(_keys(10), 0, 0) == (10, 0, 0)
    assert _counts(_keys(1000), 50, 49) == (10, 500, 490)


def test_large_corpora_are_split_by_the_key_alone():
    keys = _keys(20_000)
    cut = splits.cuts(keys, 5, 10)
    assert cut == splits.cuts(keys[:1001], 5, 10)
    train, validation, test = _counts(keys, 5, 10)
    # binomial: five standard deviations
    assert abs(validation - 1000) < 5 * (20_000 * 0.05 * 0.95) ** 0.5
    assert abs(test - 2000) < 5 * (20_000 * 0.1 * 0.9) ** 0.5
    assert train + validation + test == 20_000


def _key(measures):
    return splits.song_key(examples.MeasureBytes.of(measure).token_hash for measure in measures)


def test_the_key_is_of_the_music(midi_files):
    songs = {name: measures_from_midi(data)[0] for name, data in midi_files.items()}
    keys = {name: _key(measures) for name, measures in songs.items()}
    assert len(set(keys.values())) == len(songs)
    some = next(iter(songs.values()))
    key = _key(some)
    assert _key(reversed(some)) == key
    assert _key(some + some[:5]) == key
    other_chords = [Measure(m.tokens, m.lengths, np.zeros_like(m.chord_ids)) for m in some]
    assert _key(other_chords) == key
    # without any one measure the key is the same, unless it was the lowest of all
    shorter = [_key(some[:n] + some[n + 1 :]) for n in range(len(some))]
    assert sum(other != key for other in shorter) <= 1


def test_keys_are_uniform(midi_files):
    keys = []
    for data in midi_files.values():
        measures = measures_from_midi(data)[0]
        keys += [_key(pair)[0] / 256 for pair in itertools.pairwise(measures)]
    # a lowest hash of two is far from uniform (mean 1/3); the key is, though pairs overlap
    assert 0.42 < np.mean(keys) < 0.58


@pytest.mark.parametrize("percents", [(-1, 5), (5, 100), (50, 50), (99, 2)])
def test_percents_must_leave_something(percents):
    with pytest.raises(UserError, match=r"percent"):
        splits.check_percents(*percents)


@pytest.mark.parametrize("count", [1, 30, splits.RANKED + 1])
def test_all_songs_may_be_for_the_test(count):
    splits.check_percents(0, 100)
    keys = [bytes([255] * 32), *(random.Random(n).randbytes(32) for n in range(1, count))]
    made = splits.cuts(keys, 0, 100)
    assert {made.split_of(key) for key in keys} == {"test"}


def _info(hashes, records=10):
    """A song whose measures hash to these numbers (the lowest sets the key)."""
    digests = [number.to_bytes(8, "big") + bytes(24) for number in hashes]
    return SongInfo(splits.song_key(digests), splits.song_sketch(digests), records)


def _moved(songs):
    """Keys of songs that have a version of a lower key, and the lowest such key."""
    keys, lowest, _ = near_copies(SongTable.of(songs))
    pairs = ((keys[n].tobytes(), keys[low].tobytes()) for n, low in enumerate(lowest))
    return {key: low for key, low in pairs if key != low}


def test_songs_that_share_measures_are_held_together():
    rng = random.Random(0)
    songs, groups = [], []
    for _ in range(300):
        hashes = [rng.getrandbits(64) for _ in range(rng.randrange(3, 60))]
        versions = [hashes]
        if rng.random() < 0.5:  # another beginning and ending
            versions.append(hashes[len(hashes) // 10 :] + [rng.getrandbits(64) for _ in range(3)])
        infos = [_info(version) for version in versions]
        groups.append({info.key for info in infos})
        songs += infos
    moved = _moved(songs)
    key_sets = [{moved.get(key, key) for key in group} for group in groups]
    assert sum(len(group) > 1 for group in groups) > 10  # some versions have another key
    assert all(len(keys) == 1 for keys in key_sets)
    roots = [min(keys) for keys in key_sets]
    assert len(set(roots)) == len(groups)  # and strangers stay apart
    assert all(moved.get(root, root) == root for root in roots)
    for key, lower in moved.items():
        assert lower < key
    rng.shuffle(songs)
    assert _moved(songs) == moved


def test_one_common_measure_makes_no_copy():
    songs = [_info([1000 * n, *range(10**6, 10**6 + n)]) for n in range(2)]
    songs += [_info([n, 5000, *range(1000 * n, 1000 * n + 30)]) for n in range(10, 50)]
    songs += [_info([3]), _info([4, 6]), _info([6, 9])]
    assert len({song.key for song in songs}) == len(songs)
    assert _moved(songs) == {}
    assert _moved([]) == {}


def test_copies_of_copies_are_one_group():
    chain = [_info(range(6 * n, 6 * n + 14)) for n in range(20)]
    moved = _moved(chain)
    assert {moved.get(song.key, song.key) for song in chain} == {min(song.key for song in chain)}


def _groups_by_comparing_all(songs):
    """Groups of keys, each two of the songs compared."""
    groups = {song.key: {song.key} for song in songs}
    for one, other in itertools.combinations(songs, 2):
        hashes = [{s[n : n + 8] for n in range(0, len(s), 8)} for s in (one.sketch, other.sketch)]
        if len(hashes[0] & hashes[1]) > 1 and groups[one.key] is not groups[other.key]:
            groups[one.key] |= groups[other.key]
            for key in groups[other.key]:
                groups[key] = groups[one.key]
    return groups


@pytest.mark.parametrize("part_pairs", [50, 4 << 20])  # in many parts, and in one
def test_groups_are_those_of_comparing_all(monkeypatch, part_pairs):
    monkeypatch.setattr("gm_vae.pipelines.near_copies._PART_PAIRS", part_pairs)
    rng = random.Random(2)
    songs = [  # few hashes, so that chains and stars of versions come about
        _info([rng.randrange(400) << 40 for _ in range(rng.randrange(1, 12))]) for _ in range(150)
    ]
    expected = _groups_by_comparing_all(songs)
    moved = _moved(songs)
    assert {song.key: moved.get(song.key, song.key) for song in songs} == {
        key: min(group) for key, group in expected.items()
    }
    assert 20 < len({id(group) for group in expected.values()}) < len(expected) - 20
    made = splits.plan(SongTable.of(songs), 20, 20)
    cut = splits.cuts(list({min(group) for group in expected.values()}), 20, 20)
    for key, group in expected.items():
        assert made.split_of(key) == cut.split_of(min(group))
    assert 0 < len(made.moved) < len(moved)  # those of one split with their version need no entry


def test_a_plan_counts_the_measures_of_each_split():
    rng = random.Random(1)
    songs = [_info([rng.getrandbits(64) for _ in range(9)], n) for n in range(1, 41)]
    made = splits.plan(SongTable.of(songs), 10, 20)
    counts = dict.fromkeys(("train", "validation", "test"), 0)
    for song in songs:
        counts[made.split_of(song.key)] += song.records
    assert made.measures == counts
    assert min(counts.values()) > 0
    assert splits.plan(SongTable.of([]), 5, 5).measures == dict.fromkeys(counts, 0)
