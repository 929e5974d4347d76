"""Chord symbols from notes: the most likely path of a hidden Markov model over keys and chords.

The model is the published one, as `note_seq.infer_chords_for_sequence` with its defaults: 12 keys
times 97 chords ("no chord", and 12 roots of 8 kinds), one state per frame. The likelihood of a
frame under a chord depends on the angle between their vectors of pitch classes, the frame's
weighted by duration. Chords change half of the time, mostly to chords of the key; keys change once
in a thousand frames.

The search is the Viterbi algorithm, arranged so that it costs 97 x 12 and not (97 x 12) squared per
frame, with the same sums in the same order: paths are the same, even if two are equally likely.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from gm_vae.music.chords import NO_CHORD_SYMBOL, ROOTS

KEY_CHANGE_PROBABILITY = 0.001
CHORD_CHANGE_PROBABILITY = 0.5
OUT_OF_KEY_PROBABILITY = 0.01  # of a chord's pitch
CONCENTRATION = 100.0  # of the pitches played around the chord's

MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
# Suffix, pitch classes above the root, and the quality of the triad that it folds into.
KINDS = (
    ("", (0, 4, 7), 0),
    ("m", (0, 3, 7), 1),
    ("+", (0, 4, 8), 2),
    ("dim", (0, 3, 6), 3),
    ("7", (0, 4, 7, 10), 0),
    ("maj7", (0, 4, 7, 11), 0),
    ("m7", (0, 3, 7, 10), 1),
    ("m7b5", (0, 3, 6, 10), 3),
)
_BLOCK = 16  # frames that are rearranged at a time
_DEPTH = 16
KEYS = 12
CHORDS = 1 + 12 * len(KINDS)
_SYMBOLS = (NO_CHORD_SYMBOL, *(root + kind for root in ROOTS for kind, _, _ in KINDS))
_TRIAD_IDS = np.array(
    [0, *(1 + 12 * quality + root for root in range(12) for _, _, quality in KINDS)], np.uint8
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
        """One symbol per frame, with sevenths: "N.C.", "C", "F#m7b5"."""
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
        start, end: integers [N], the time of each note, in any unit, 0 <= start < end.
        pitch: integers [N]. Leave drums and sound effects out.
        total: length of the piece; the last frame may be shorter.
        frame_length: length of a frame.

    Returns:
        Chords of ceil(total / frame_length) frames.
    """
    vectors = pitch_vectors(start, end, pitch, total, frame_length)
    return most_likely_chords(CONCENTRATION * np.dot(vectors, _tables().chord_vectors.T))


def pitch_vectors(
    start: np.ndarray, end: np.ndarray, pitch: np.ndarray, total: int, frame_length: int
) -> np.ndarray:
    """float64 [F, 12]: the duration of each pitch class in each frame, as unit vectors or zeros."""
    frames = -(-total // frame_length)
    start, end, pitch = (np.asarray(column, np.int64) for column in (start, end, pitch))
    first = start // frame_length
    last = np.maximum(first, (end - 1) // frame_length)
    pitch_class = pitch % 12

    def add(frame: np.ndarray, length: np.ndarray) -> np.ndarray:
        cells = frame * 12 + pitch_class
        sums = np.bincount(cells, length, minlength=(frames + 1) * 12)
        return sums.reshape(-1, 12)[:frames].astype(np.float64)  # integers if there are no notes

    # A damaged file may contain ten thousand notes that each sound in as many frames, so frames
    # that a note fills are summed as a running count of such notes. All sums are whole numbers.
    spans = last > first
    filling = spans * float(frame_length)
    vectors = np.cumsum(add(first + 1, filling) - add(last, filling), axis=0)
    vectors += add(first, np.minimum(end, (first + 1) * frame_length) - start)
    vectors += add(last, np.where(spans, end - last * frame_length, 0))
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norm, out=vectors, where=norm > 0)


def most_likely_chords(frame_log_likelihood: np.ndarray) -> InferredChords:
    """The Viterbi path through float64 [F, 97], the log-likelihoods of frames under chords."""
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
        np.add(best[frame - 1, key], tables.log_same_key[key, chord], out=came_from[key])
        state = int(came_from.argmax())
        path[frame - 1] = state
    keys, chords = np.divmod(path, CHORDS)
    return InferredChords(chords, keys)


def _forward(frame_log_likelihood: np.ndarray) -> np.ndarray:
    """float64 [F, 12, 97]: log-likelihood of the best path that ends in each key and chord.

    Within a key, a move to another chord depends only on the two chords' probabilities, of which
    there are few: the best predecessor is searched in each class of equal probability. A class may
    contain the chord itself, which would not be a move; then the weight of staying is larger
    anyway. A move to another key depends only on its destination: the predecessor is the best of
    all chords, as if they were one more class. It may be in the same key; then its weight for that
    is larger anyway. Rounding is monotonic, so a sum with the best of a class is bit for bit the
    best of the sums.

    The chords of each key are arranged in columns of `_DEPTH` positions, one column per class or
    two for a long one. This does not reduce arithmetic, but the number of NumPy calls, which cost
    more.
    """
    tables = _tables()
    columns = tables.chord_at.shape[1]
    frames = len(frame_log_likelihood)
    likelihood = np.full((frames, CHORDS + 1), -np.inf)  # the last: no chord
    likelihood[:, :CHORDS] = frame_log_likelihood
    best = np.empty((frames, KEYS, CHORDS))
    best_of = np.empty((columns + 1, KEYS))  # each column of a key, and all chords of all keys
    best_of_column, best_of_all = best_of[:columns], best_of[columns]
    moves = np.empty((columns + 1, columns, KEYS))
    moved = np.empty((columns, KEYS))
    last = None
    for block in range(0, frames, _BLOCK):
        seen = likelihood[block : block + _BLOCK].take(tables.chord_at, axis=1)
        paths = np.empty_like(seen)  # [., depth, column, key]
        for now, new in zip(paths, seen):
            if last is None:
                np.add(-np.log(12) + tables.log_chord, new, out=now)
            else:
                np.maximum.reduce(last, axis=0, out=best_of_column)
                best_of_all[:] = best_of_column.max()
                np.add(best_of[:, None], tables.log_move, out=moves)
                np.maximum.reduce(moves, axis=0, out=moved)
                np.add(last, tables.log_stay, out=now)
                np.maximum(now, moved, out=now)
                np.add(now, new, out=now)
            last = now
        best[block : block + _BLOCK] = paths.reshape(len(paths), -1).take(tables.place_of, axis=1)
    return best


@dataclasses.dataclass(frozen=True, eq=False)
class _Tables:
    """The model's parameters, and the arrangement of chords by class for the search."""

    chord_vectors: np.ndarray  # [97, 12] unit vectors
    log_same_key: np.ndarray  # [key, to, from] chords
    log_new_key: np.ndarray  # [key, to] from any chord of another key
    log_stay: float  # same key and chord
    chord_at: np.ndarray  # [depth, column, key] chord, 97 for none
    place_of: np.ndarray  # [key, chord] flat index into [depth, column, key]
    log_chord: np.ndarray  # [depth, column, key] of the chord there in the key
    log_move: np.ndarray  # [column + 1, column, key] from column, or from another key, to column


@functools.lru_cache(maxsize=1)
def _tables() -> _Tables:
    vectors = np.zeros((CHORDS, 12))
    for root in range(12):
        for number, (_, intervals, _) in enumerate(KINDS):
            vectors[1 + root * len(KINDS) + number, np.add(root, intervals) % 12] = 1
    in_scale = np.zeros((KEYS, 12), np.int64)
    for key in range(KEYS):
        in_scale[key, np.add(key, MAJOR_SCALE) % 12] = 1
    inside = in_scale @ vectors.T.astype(np.int64)  # [12, 97] pitches in the key
    outside = (1 - in_scale) @ vectors.T.astype(np.int64)
    chord = (1 - OUT_OF_KEY_PROBABILITY) ** inside * OUT_OF_KEY_PROBABILITY**outside
    chord /= chord.sum(axis=1)[:, None]
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.divide(vectors, norm, out=vectors, where=norm > 0)

    stay = (1 - KEY_CHANGE_PROBABILITY) * (1 - CHORD_CHANGE_PROBABILITY)
    move = CHORD_CHANGE_PROBABILITY * (chord[:, None, :] + chord[:, :, None] / (CHORDS - 1))
    same_key = (1 - KEY_CHANGE_PROBABILITY) * move
    diagonal = np.arange(CHORDS)
    same_key[:, diagonal, diagonal] = stay
    log_same_key = np.log(same_key)

    # Every key has the same classes of equally likely chords, except for the last bits.
    classes = np.stack([np.unique(row, return_inverse=True)[1] for row in chord])  # [12, 97]
    sizes = np.bincount(classes[0])
    columns_of_class = -(-sizes // _DEPTH)
    first_column = np.cumsum(columns_of_class) - columns_of_class
    column_class = np.repeat(np.arange(len(sizes)), columns_of_class)
    shape = _DEPTH, len(column_class), KEYS
    chord_at = np.full(shape, CHORDS)
    log_move = np.full((shape[1] + 1, *shape[1:]), -np.inf)
    log_new_key = np.log(KEY_CHANGE_PROBABILITY / 11 * chord)
    old, new = np.nonzero(~np.eye(CHORDS, dtype=bool))
    for key, of_chord in enumerate(classes):
        by_class = np.argsort(of_chord, kind="stable")
        rank = np.arange(CHORDS) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        column, depth = np.divmod(rank, _DEPTH)
        chord_at[depth, first_column[of_chord[by_class]] + column, key] = by_class
        class_move = np.full((len(sizes), len(sizes)), -np.inf)
        class_move[of_chord[old], of_chord[new]] = log_same_key[key, old, new]
        log_move[:-1, :, key] = class_move[column_class[:, None], column_class]
        class_new_key = np.empty(len(sizes))
        class_new_key[of_chord] = log_new_key[key]
        log_move[-1, :, key] = class_new_key[column_class]
    place_of = np.empty((KEYS, CHORDS + 1), np.int64)
    place_of[np.arange(KEYS), chord_at] = np.arange(chord_at.size).reshape(shape)
    log_chord = np.pad(np.log(chord), ((0, 0), (0, 1)))
    return _Tables(
        chord_vectors=vectors,
        log_same_key=np.ascontiguousarray(log_same_key.transpose(0, 2, 1)),
        log_new_key=log_new_key,
        log_stay=float(np.log(stay)),
        chord_at=chord_at,
        place_of=place_of[:, :CHORDS],
        log_chord=log_chord[np.arange(KEYS), chord_at],
        log_move=log_move,
    )
