"""Chord symbols from notes: the most likely path of a hidden Markov model over keys and chords.

The model is the published one, as `note_seq.infer_chords_for_sequence` with its defaults: 12 keys
times 97 chords ("no chord", and 12 roots of 8 kinds), one state a frame. A frame's pitch classes,
weighted by duration, are likely under a chord if they point the same way as the chord's. Chords
change half of the time, to those of the key mostly; keys change once in a thousand frames.

The search is Viterbi's, arranged so that it costs 97 x 12 and not (97 x 12) squared a frame, with
the same sums in the same order: paths are the same, also where two are equally likely.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from gm_vae.music.chords import NO_CHORD_SYMBOL, ROOTS

_KEY_CHANGE_PROBABILITY = 0.001
_CHORD_CHANGE_PROBABILITY = 0.5
_OUT_OF_KEY_PROBABILITY = 0.01  # of a chord's pitch
_CONCENTRATION = 100.0  # of the pitches played around the chord's

_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
# Suffix, pitch classes above the root, and the quality of the triad that it folds into.
_KINDS = (
    ("", (0, 4, 7), 0),
    ("m", (0, 3, 7), 1),
    ("+", (0, 4, 8), 2),
    ("dim", (0, 3, 6), 3),
    ("7", (0, 4, 7, 10), 0),
    ("maj7", (0, 4, 7, 11), 0),
    ("m7", (0, 3, 7, 10), 1),
    ("m7b5", (0, 3, 6, 10), 3),
)
KEYS = 12
CHORDS = 1 + 12 * len(_KINDS)
_SYMBOLS = (NO_CHORD_SYMBOL, *(root + kind for root in ROOTS for kind, _, _ in _KINDS))
_TRIAD_IDS = np.array(
    [0, *(1 + 12 * quality + root for root in range(12) for _, _, quality in _KINDS)], np.uint8
)


@dataclasses.dataclass(frozen=True, eq=False)
class InferredChords:
    """The most likely chords of F frames.

    Attributes:
        chords: int64 [F], states 0..96 of the model: 0 is "no chord".
        keys: int64 [F], 0..11, the tonic of the major scale (C = 0).
    """

    chords: np.ndarray
    keys: np.ndarray

    @property
    def symbols(self) -> tuple[str, ...]:
        """One symbol a frame, with sevenths: "N.C.", "C", "F#m7b5"."""
        return tuple(_SYMBOLS[chord] for chord in self.chords)

    @property
    def chord_ids(self) -> np.ndarray:
        """uint8 [F]: the triads, as in `gm_vae.music.chords`."""
        return _TRIAD_IDS[self.chords]


def infer_chords(
    start: np.ndarray, end: np.ndarray, pitch: np.ndarray, total: int, frame_length: int
) -> InferredChords:
    """Chords of the frames of a piece.

    Args:
        start, end: integers [N], when each note sounds, in any unit of time, 0 <= start < end.
        pitch: integers [N]. Leave drums and sound effects out.
        total: length of the piece; the last frame may be shorter than the others.
        frame_length: length of a frame.

    Returns:
        Chords of ceil(total / frame_length) frames.
    """
    vectors = pitch_vectors(start, end, pitch, total, frame_length)
    return most_likely_chords(_CONCENTRATION * np.dot(vectors, _tables().chord_vectors.T))


def pitch_vectors(
    start: np.ndarray, end: np.ndarray, pitch: np.ndarray, total: int, frame_length: int
) -> np.ndarray:
    """float64 [F, 12]: how long each pitch class sounds in each frame, as unit vectors or zeros."""
    frames = -(-total // frame_length)
    start, end, pitch = (np.asarray(column, np.int64) for column in (start, end, pitch))
    first = start // frame_length
    counts = (end - 1) // frame_length - first + 1  # frames that each note sounds in
    note = np.repeat(np.arange(len(start)), counts)
    place = np.arange(len(note)) - np.repeat(np.cumsum(counts) - counts, counts)
    frame = first[note] + place
    sounding = np.minimum(end[note], (frame + 1) * frame_length) - np.maximum(
        start[note], frame * frame_length
    )
    cell = frame * 12 + pitch[note] % 12
    weights = np.bincount(cell, sounding, minlength=frames * 12)
    vectors = weights.astype(np.float64).reshape(frames, 12)  # [F * 12] -> [F, 12]
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norm, out=vectors, where=norm > 0)


def most_likely_chords(frame_log_likelihood: np.ndarray) -> InferredChords:
    """Viterbi's path through float64 [F, 97], the log-likelihood of each frame under each chord."""
    frames = len(frame_log_likelihood)
    if not frames:
        return InferredChords(np.zeros(0, np.int64), np.zeros(0, np.int64))
    best = _forward(frame_log_likelihood)
    tables = _tables()
    state = int(best[-1].argmax())
    path = np.empty(frames, np.int64)
    path[-1] = state
    came_from = np.empty((KEYS, CHORDS))
    for frame in range(frames - 1, 0, -1):
        key, chord = divmod(state, CHORDS)
        np.add(best[frame - 1], tables.log_new_key[key, chord], out=came_from)
        np.add(best[frame - 1, key], tables.log_same_key[key, :, chord], out=came_from[key])
        state = int(came_from.argmax())
        path[frame - 1] = state
    keys, chords = np.divmod(path, CHORDS)
    return InferredChords(chords, keys)


def _forward(frame_log_likelihood: np.ndarray) -> np.ndarray:
    """float64 [F, 12, 97]: log-likelihood of the best path that ends in each key and chord.

    Within a key, a move to another chord depends on the two chords' probabilities only, of which
    there are few: the best predecessor is looked for in each class of equal probability. A move
    to another key depends on where it goes only: the best of all other keys is the predecessor.
    A class may hold the chord itself, which would not be a move; then its own weight, that of
    staying, is larger anyway.
    """
    tables = _tables()
    frames = len(frame_log_likelihood)
    best = np.empty((frames, KEYS, CHORDS))
    best[0] = -np.log(12) + tables.log_chord + frame_log_likelihood[0]
    sorted_values = np.empty((KEYS, CHORDS))
    arrived = np.empty((KEYS, CHORDS))
    from_other_key = np.empty((KEYS, 1))
    for frame in range(1, frames):
        last = best[frame - 1]
        np.take(last, tables.by_class, out=sorted_values)
        class_best = np.maximum.reduceat(sorted_values, tables.class_starts, axis=1)  # [12, K]
        moved = (class_best[:, :, None] + tables.log_class_move).max(1)  # [12, K]
        key_best = class_best.max(1)
        top = key_best.argmax()
        from_other_key[:] = key_best[top]
        key_best[top] = -np.inf
        from_other_key[top] = key_best.max()
        now = best[frame]
        np.take(moved, tables.class_of, out=now)
        np.add(last, tables.log_stay, out=arrived)
        np.maximum(now, arrived, out=now)
        np.add(from_other_key, tables.log_new_key, out=arrived)
        np.maximum(now, arrived, out=now)
        now += frame_log_likelihood[frame]
    return best


@dataclasses.dataclass(frozen=True, eq=False)
class _Tables:
    """The model's parameters; `log_same_key` [key, from, to], `log_new_key` [key, to]."""

    chord_vectors: np.ndarray  # [97, 12] unit vectors
    log_chord: np.ndarray  # [12, 97] of a chord in a key
    log_same_key: np.ndarray  # [12, 97, 97]
    log_new_key: np.ndarray  # [12, 97] from any chord of any one other key
    log_stay: float  # same key and chord
    by_class: np.ndarray  # [12, 97] flat index of states, sorted by class in each key
    class_starts: np.ndarray  # [K] where each class begins in a row of `by_class`
    class_of: np.ndarray  # [12, 97] flat index into [12, K]
    log_class_move: np.ndarray  # [12, K, K] within a key, from class to class


@functools.lru_cache(maxsize=1)
def _tables() -> _Tables:
    vectors = np.zeros((CHORDS, 12))
    for root in range(12):
        for number, (_, intervals, _) in enumerate(_KINDS):
            vectors[1 + root * len(_KINDS) + number, np.add(root, intervals) % 12] = 1
    in_scale = np.zeros((KEYS, 12), np.int64)
    for key in range(KEYS):
        in_scale[key, np.add(key, _MAJOR_SCALE) % 12] = 1
    inside = in_scale @ vectors.T.astype(np.int64)  # [12, 97] pitches of the chord in the key
    outside = (1 - in_scale) @ vectors.T.astype(np.int64)
    chord = (1 - _OUT_OF_KEY_PROBABILITY) ** inside * _OUT_OF_KEY_PROBABILITY**outside
    chord /= chord.sum(axis=1)[:, None]
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.divide(vectors, norm, out=vectors, where=norm > 0)

    stay = (1 - _KEY_CHANGE_PROBABILITY) * (1 - _CHORD_CHANGE_PROBABILITY)
    move = _CHORD_CHANGE_PROBABILITY * (chord[:, None, :] + chord[:, :, None] / (CHORDS - 1))
    same_key = (1 - _KEY_CHANGE_PROBABILITY) * move
    diagonal = np.arange(CHORDS)
    same_key[:, diagonal, diagonal] = stay
    log_same_key = np.log(same_key)

    # Every key has the same classes of equally likely chords, but for the last bits.
    classes = np.stack([np.unique(row, return_inverse=True)[1] for row in chord])
    size = np.bincount(classes[0])
    by_class = np.argsort(classes, axis=1, kind="stable")
    starts = np.cumsum(size) - size
    log_class_move = np.full((KEYS, len(size), len(size)), -np.inf)
    for key in range(KEYS):
        for old in range(CHORDS):
            for new in range(CHORDS):
                if old != new:
                    pair = key, classes[key, old], classes[key, new]
                    log_class_move[pair] = log_same_key[key, old, new]
    row = np.arange(KEYS)[:, None]
    return _Tables(
        chord_vectors=vectors,
        log_chord=np.log(chord),
        log_same_key=log_same_key,
        log_new_key=np.log(_KEY_CHANGE_PROBABILITY / 11 * chord),
        log_stay=float(np.log(stay)),
        by_class=by_class + row * CHORDS,
        class_starts=starts,
        class_of=classes + row * len(size),
        log_class_move=log_class_move,
    )
