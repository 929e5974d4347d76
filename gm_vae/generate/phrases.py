"""Phrases: one groove, fills, and bars that return a little changed.

A model decodes each measure by itself. Here the bars of a piece are decoded in two rounds: first
each distinct bar, a point under its chords; then the bars that vary them. A track is varied by
keeping its beginning and sampling the rest again, so that a returning bar is recognised. Drums are
decoded once for each point, under its first chords, and kept for all its bars; the last bar of four
ends in a fill.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.generate.gmvae import GMVAE, Decoding, Tracks
from gm_vae.model.sampling import uniforms
from gm_vae.music.vocabulary import EventType, Vocabulary, vocabulary

VARIATION = 0.5
PHRASE_BARS = 4  # bars; the last one has a fill
FILL_TEMPERATURE = 1.0
FILLS = 4  # candidates for each fill
SNARES_AND_TOMS = (37, 38, 39, 40, 41, 43, 45, 47, 48, 50)  # count twice in a fill

# Streams of tokens count from 0 and streams of points are -1 and -2; these are for bars.
CHANGES, CUT = -3, -4


@dataclasses.dataclass(frozen=True)
class Phrasing:
    """How bars follow each other.

    Attributes:
        vary: the share of pitched tracks that change when a bar returns, 0..1; 0 repeats it note
            for note.
        fills: whether the last bar of four, or of a section, ends in a drum fill.

    Raises:
        UsageError: `vary` is out of its range.
    """

    vary: float = VARIATION
    fills: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.vary <= 1:
            raise UsageError(f"vary is {self.vary}; give a number from 0 to 1.")


def play(
    model: GMVAE,
    z: np.ndarray,
    labels: np.ndarray,
    sections: np.ndarray,
    decoding: Decoding,
    phrasing: Phrasing,
    programs: np.ndarray | None = None,
) -> Tracks:
    """The tracks of B bars, one after another.

    At temperature 0, which takes the likeliest token each time, nothing is varied or filled.

    Args:
        z: float32 [B, Z], the point of each bar; bars of one point share a groove.
        labels: int [B, C], evenly spaced chord ids.
        sections: int [B], a number that changes where a section begins.
        decoding: how tokens are chosen.
        phrasing: how bars follow each other.
        programs: bool [B, T, 130], the allowed first tokens of each track; the same for equal
            points.

    Raises:
        UsageError: as in `GMVAE.decode_tracks`.
    """
    points = _numbered(z)
    bars = np.arange(len(z))
    _, first, pattern = np.unique(
        np.column_stack([points, labels]), axis=0, return_index=True, return_inverse=True
    )
    pattern = pattern.reshape(-1)  # its shape differs in NumPy 2.0
    decoded = model.decode_tracks(
        z[first],
        labels[first],
        decoding,
        draws=np.zeros(len(first), np.int32),
        programs=None if programs is None else programs[first],
    )
    tokens, lengths = decoded.tokens[pattern], decoded.lengths[pattern]

    vocab = vocabulary(model.format)
    is_drum = tokens[:, :, 0] == vocab.drums
    groove = np.unique(points, return_index=True)[1][points]  # the first bar of each point
    tokens[is_drum], lengths[is_drum] = tokens[groove][is_drum], lengths[groove][is_drum]
    tracks = Tracks(tokens, lengths)
    if decoding.temperature > 0:
        if phrasing.vary:
            again = bars[first[pattern] != bars]
            _vary(model, z, labels, decoding, phrasing.vary, again, tracks)
        if phrasing.fills:
            _fill(model, z, labels, decoding, _fill_bars(sections, points), tracks)
    return tracks


def _vary(
    model: GMVAE,
    z: np.ndarray,
    labels: np.ndarray,
    decoding: Decoding,
    share: float,
    bars: np.ndarray,
    tracks: Tracks,
) -> None:
    """Sample the ends of some pitched tracks of `bars` again, in place."""
    fmt, vocab = model.format, vocabulary(model.format)
    old = Tracks(tracks.tokens[bars], tracks.lengths[bars])
    beats = fmt.beats_per_bar
    rows = np.indices(old.lengths.shape).reshape(2, -1)
    chance, where = (
        uniforms(decoding.seed, 1 + bars[rows[0]], rows[1], position).reshape(old.lengths.shape)
        for position in (CHANGES, CUT)
    )
    cut = (1 + np.floor(where * (beats - 1)).astype(int)) * (fmt.steps_per_measure // beats)
    changes = (chance < share) & (old.tokens[:, :, 0] != vocab.drums)
    kept = np.where(changes, lengths_before(old, cut, vocab), old.lengths)
    some = np.flatnonzero(changes.any(1))
    new = model.decode_tracks(
        z[bars[some]],
        labels[bars[some]],
        decoding,
        draws=1 + bars[some].astype(np.int32),
        begin_tokens=old.tokens[some],
        begin_lengths=kept[some],
    )
    tracks.tokens[bars[some]], tracks.lengths[bars[some]] = new


def _fill_bars(sections: np.ndarray, points: np.ndarray) -> np.ndarray:
    """int [F]: the last bar of each four, and of each section of four or more.

    Bars whose neighbours have other points, as in an interpolation, do not have a groove that a
    fill could end.
    """
    starts = np.flatnonzero(np.diff(sections, prepend=sections[0] - 1))
    fills = []
    for start, stop in zip(starts, [*starts[1:], len(sections)]):
        steady = stop - start >= PHRASE_BARS and len(set(points[start:stop])) == 1
        last = {*range(start + PHRASE_BARS - 1, stop, PHRASE_BARS), stop - 1}
        fills += sorted(last) if steady else []
    return np.array(fills, int)


def _fill(
    model: GMVAE,
    z: np.ndarray,
    labels: np.ndarray,
    decoding: Decoding,
    bars: np.ndarray,
    tracks: Tracks,
) -> None:
    """Sample the second half of the drums of `bars` again, in place: the busiest candidate."""
    fmt, vocab = model.format, vocabulary(model.format)
    is_drum = tracks.tokens[:, :, 0] == vocab.drums
    bars = bars[is_drum[bars].any(1)]
    half = fmt.beats_per_bar // 2 * (fmt.steps_per_measure // fmt.beats_per_bar)
    old = Tracks(tracks.tokens[bars], tracks.lengths[bars])
    kept = np.where(is_drum[bars], lengths_before(old, half, vocab), old.lengths)
    each = np.repeat(np.arange(len(bars)), FILLS)  # [F * fills]
    stream = np.arange(fmt.max_tracks) + fmt.max_tracks * (np.arange(len(each)) % FILLS)[:, None]
    new = model.decode_tracks(
        z[bars[each]],
        labels[bars[each]],
        decoding,
        draws=1 + bars[each].astype(np.int32),
        streams=stream,
        drum_temperature=np.full(stream.shape, FILL_TEMPERATURE, np.float32),
        begin_tokens=old.tokens[each],
        begin_lengths=kept[each],
    )
    scores = _busyness(new, half, vocab).reshape(len(bars), FILLS)
    best = np.arange(len(bars)) * FILLS + scores.argmax(1)
    tracks.tokens[bars], tracks.lengths[bars] = new.tokens[best], new.lengths[best]


def _busyness(tracks: Tracks, start: int, vocab: Vocabulary) -> np.ndarray:
    """int [B]: drum hits from step `start`; snares and toms count twice."""
    hits = (
        (vocab.kinds[tracks.tokens] == EventType.NOTE_ON)
        & (_start_steps(tracks, vocab) >= start)
        & (tracks.tokens[:, :, :1] == vocab.drums)
        & (np.arange(tracks.tokens.shape[2]) < tracks.lengths[:, :, None])
    )
    return (hits * (1 + np.isin(tracks.tokens, SNARES_AND_TOMS))).sum((1, 2))


def lengths_before(tracks: Tracks, step: int | np.ndarray, vocab: Vocabulary) -> np.ndarray:
    """int [B, T]: the number of tokens of each track before a step, int or [B, T].

    The time shift that leads to or over the step is not counted, so that the next note may begin
    earlier. An absent track counts completely.
    """
    limit = np.broadcast_to(step, tracks.lengths.shape)[:, :, None]
    before = (
        (_start_steps(tracks, vocab) < limit)
        & (vocab.kinds[tracks.tokens] != EventType.TIME_SHIFT)
        & (np.arange(tracks.tokens.shape[2]) < tracks.lengths[:, :, None])
    )
    counts = np.arange(1, tracks.tokens.shape[2] + 1)
    return (before * counts).max(2)


def _start_steps(tracks: Tracks, vocab: Vocabulary) -> np.ndarray:
    """int [B, T, E]: the time of each token within its measure."""
    shifts = vocab.shift_steps[tracks.tokens]
    return np.cumsum(shifts, 2) - shifts


def _numbered(z: np.ndarray) -> np.ndarray:
    """int [B]: a number for each distinct point, in order of appearance."""
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(point.tobytes(), len(numbers)) for point in z], int)
