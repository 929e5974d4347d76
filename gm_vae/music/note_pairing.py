"""Note-ons and note-offs -> notes."""

from __future__ import annotations

import numpy as np


def pair_notes(
    key: np.ndarray, tick: np.ndarray, is_on: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the note-off that ends each note.

    A note-off ends every sounding note of its key. While an older one sounds, notes that begin on
    the tick of the note-off continue.

    Args:
        key: int64 [M], equal for a note-on and its note-off.
        tick: int64 [M].
        is_on: bool [M], note-on or note-off; all in file order.

    Returns:
        int64 [N] each, indices of all note-ons and of the note-offs that end them; -1 for none.
    """
    if key.max(initial=0) < 1 << 16:
        key = key.astype(np.uint16)  # sorting is then several times as fast
    order = np.argsort(key, kind="stable")  # by key, then file order
    key, tick, is_on = key[order], tick[order], is_on[order]
    ons, offs = np.flatnonzero(is_on), np.flatnonzero(~is_on)
    if not len(offs):
        return order[ons], np.full(len(ons), -1)
    following = np.cumsum(~is_on)[ons]  # [N] index into `offs` of the next one after each
    ends = _ends_with(following, ons, offs, key)
    at_once = ends & (tick[ons] == tick[offs[np.minimum(following, len(offs) - 1)]])
    if at_once.any():
        spared = _spares(following, ends & ~at_once, at_once, key[offs], tick[offs])
        following = following + (at_once & spared[np.minimum(following, len(offs) - 1)])
        ends = _ends_with(following, ons, offs, key)
    endings = offs[np.minimum(following, len(offs) - 1)]
    return order[ons], np.where(ends, order[endings], -1)


def _ends_with(following: np.ndarray, ons: np.ndarray, offs: np.ndarray, key: np.ndarray):
    """bool [N]: whether the note-off after each note-on has its key."""
    exists = following < len(offs)
    return exists & (key[offs[np.minimum(following, len(offs) - 1)]] == key[ons])


def _spares(
    following: np.ndarray, older: np.ndarray, newer: np.ndarray, key: np.ndarray, tick: np.ndarray
) -> np.ndarray:
    """bool [F]: whether each note-off spares the notes of its tick, because an older one sounds.

    Whether an older one sounds follows from the notes since the previous note-off, or from notes
    that the previous note-off did not end, if it is on an earlier tick: a chain that begins at some
    note-offs and breaks at others.

    Args:
        following: int64 [N], the next note-off of each note-on.
        older, newer: bool [N], whether this ends it on a later tick, or on its own.
        key, tick: [F] of the note-offs.
    """
    count = len(key)
    has_older = np.bincount(following[older], minlength=count) > 0
    has_newer = np.bincount(following[newer], minlength=count) > 0
    later = np.zeros(count, bool)  # than the previous one, which has the same key
    later[1:] = (key[1:] == key[:-1]) & (tick[1:] > tick[:-1])
    index = np.arange(count)
    begins = np.maximum.accumulate(np.where(has_older & has_newer, index, -1))
    breaks = np.maximum.accumulate(np.where(has_newer & (has_older | later), -1, index))
    leaves = begins > breaks  # [F] some notes, which continue
    left_before = np.append(False, leaves[:-1])
    return has_older | (left_before & later)
