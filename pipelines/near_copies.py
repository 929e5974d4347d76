"""Finds versions of a song by the measures that they share.

The sketch of a song consists of the lowest few of its measures' hashes. Songs that share two of
these are versions of each other, and so are versions of versions. All work is done on columns: a
corpus of two million songs has fifty million pairs of hashes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gm_vae.pipelines.song_table import SKETCH_HASHES, SongTable

_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)  # odd, so no bits are lost
_PART_PAIRS = 4 << 20  # approximate number of pairs that are sorted at a time


class Groups(NamedTuple):
    """N distinct keys of S songs.

    Attributes:
        keys: uint8 [N, 32], ascending.
        lowest: int64 [N], the number of the lowest key of all versions of a song.
        key_of_song: int64 [S], the number of each song's key.
    """

    keys: np.ndarray
    lowest: np.ndarray
    key_of_song: np.ndarray


def near_copies(songs: SongTable) -> Groups:
    """The songs in groups of versions, each named by the lowest of its keys."""
    keys, key_of_song = _distinct(songs.keys)
    lowest = np.arange(len(keys))
    edges = [np.zeros((0, 2), np.int64), *_edges(songs, key_of_song)]
    return Groups(keys, _joined(lowest, np.concatenate(edges)), key_of_song)


def _distinct(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows, ascending, and the index of each row among them."""
    words = np.ascontiguousarray(keys).view(">u8").astype(np.uint64)  # [S, 4]
    order = np.lexsort(words.T[::-1])
    words = words[order]
    is_new = np.ones(len(words), bool)
    is_new[1:] = (words[1:] != words[:-1]).any(axis=1)
    number = np.empty(len(words), np.int64)
    number[order] = np.cumsum(is_new) - 1
    return keys[order[is_new]], number


def _edges(songs: SongTable, key_of_song: np.ndarray) -> Iterator[np.ndarray]:
    """int64 [E, 2]: indices of keys whose songs share two hashes, enough to connect them."""
    # A hash of a single song is not in a common pair: this removes most songs of most corpora.
    common = _common(songs)
    rows = np.flatnonzero(common.sum(axis=1) > 1)
    common, owners = common[rows].T, key_of_song[rows]  # [8, R], [R]
    one, other = (np.ascontiguousarray(songs.sketches[rows].T) * mixer for mixer in _MIXERS)
    combinations = list(itertools.combinations(range(SKETCH_HASHES), 2))
    bits = (len(rows) * len(combinations) // _PART_PAIRS).bit_length()
    for part in range(1 << bits):
        pairs, ours = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
        for first, second in combinations:
            pair = one[first] + other[second]
            mine = common[first] & common[second]
            mine &= pair & np.uint64((1 << bits) - 1) == part
            pairs.append(pair[mine])
            ours.append(owners[mine])
        yield _neighbours(np.concatenate(pairs), np.concatenate(ours))


def _common(songs: SongTable) -> np.ndarray:
    """bool [S, 8]: hashes that are in more than one sketch."""
    is_there = np.arange(SKETCH_HASHES) < songs.sizes[:, None]
    hashes = np.sort(songs.sketches[is_there])
    twice = _once_each(hashes[1:][hashes[1:] == hashes[:-1]])
    if not len(twice):
        return np.zeros_like(is_there)
    found = np.empty_like(is_there)
    for column in range(SKETCH_HASHES):
        values = songs.sketches[:, column]
        place = np.minimum(np.searchsorted(twice, values), len(twice) - 1)
        found[:, column] = twice[place] == values
    return found & is_there


def _neighbours(pairs: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """int64 [E, 2]: successive owners of an equal pair, each combination once."""
    order = np.argsort(pairs)
    pairs, owners = pairs[order], owners[order]
    same = np.flatnonzero(pairs[1:] == pairs[:-1])
    edges = np.sort(np.stack([owners[same], owners[same + 1]], axis=1), axis=1)
    edges = edges[edges[:, 0] != edges[:, 1]]
    joined = _once_each(np.sort(edges[:, 0] << 32 | edges[:, 1]))
    return np.stack([joined >> 32, joined & 0xFFFFFFFF], axis=1)


def _once_each(values: np.ndarray) -> np.ndarray:
    """Ascending values without repeats; np.unique takes five times as long for this many."""
    return values[np.concatenate([[True], values[1:] != values[:-1]])[: len(values)]]


def _joined(lowest: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The lowest number that each number is connected to.

    Each round links the lowest numbers of two adjacent groups, until none are adjacent: connected
    components as in Shiloach and Vishkin (1982).
    """
    while len(edges):
        edges = np.sort(lowest[edges], axis=1)
        edges = edges[edges[:, 0] != edges[:, 1]]
        np.minimum.at(lowest, edges[:, 1], edges[:, 0])
        while not np.array_equal(above := lowest[lowest], lowest):
            lowest = above
    return lowest
