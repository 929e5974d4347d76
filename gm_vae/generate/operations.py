"""The operations on a model: each takes points or measures and returns measures.

Each decodes its measures as one batch. `how` stands for the keywords of `GMVAE.decode`, such as
temperature, seed and instruments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gm_vae.errors import UsageError
from gm_vae.generate import points
from gm_vae.generate.bands import band_masks, first_tokens
from gm_vae.generate.gmvae import GMVAE, Chords, Decoding, chord_labels
from gm_vae.generate.instruments import Instruments, programs_named
from gm_vae.generate.phrases import VARIATION, Phrasing, play
from gm_vae.music.measure import Measure
from gm_vae.music.vocabulary import vocabulary


def sample(
    model: GMVAE, count: int, chords: Chords = None, seed: int | None = None, **how: Any
) -> list[Measure]:
    """Sample `count` measures in different styles, each from its own point of the prior.

    `chords` is one symbol for all measures, or a list that repeats.

    >>> [measure.chords for measure in sample(model, 3, ["C", "Fm"], seed=1)]
    [('C', 'C'), ('Fm', 'Fm'), ('C', 'C')]
    """
    return model.decode(model.sample_points(count, seed), repeated(chords, count), seed=seed, **how)


def progression(
    model: GMVAE,
    point: np.ndarray,
    chords: Sequence[str],
    instruments: Instruments | None = None,
    vary: float = VARIATION,
    fills: bool = True,
    **how: Any,
) -> list[Measure]:
    """Play one style, a point float [Z], over chords: one measure per chord.

    The drums keep the groove of the first bar, and bars vary a little when their chord returns
    (`phrases.play`).

    Args:
        vary: share of the pitched tracks that change when a chord returns, 0..1.
        fills: whether every fourth bar ends with a drum fill.

    >>> point = model.sample_points(1, seed=1)[0]
    >>> song = progression(model, point, ["C|G", "Am", "F"], temperature=0.5, seed=1)
    >>> [measure.chords for measure in song], len({measure.programs for measure in song})
    ([('C', 'G'), ('Am', 'Am'), ('F', 'F')], 1)
    """
    z = np.repeat(np.asarray(point, np.float32)[None], len(chords), 0)
    labels = chord_labels(chords, len(z), model.format)
    sections, masks = np.zeros(len(z), int), model.masks(instruments, z)
    tracks = play(model, z, labels, sections, Decoding(**how), Phrasing(vary, fills), masks)
    return tracks.measures(labels, model.format)


def interpolate(
    model: GMVAE,
    start: np.ndarray,
    end: np.ndarray,
    chords: Chords,
    count: int,
    spherical: bool = True,
    instruments: Instruments | None = None,
    **how: Any,
) -> list[Measure]:
    """Generate `count` measures on the way from one point float [Z] to another; the chords repeat.

    Unless `instruments` are given, the instruments of the first measure are replaced one by one by
    the instruments of the last (`bands.band_masks`).

    >>> start, end = model.sample_points(2, seed=1)
    >>> [measure.chords[0] for measure in interpolate(model, start, end, ["Dm", "F"], 4, seed=1)]
    ['Dm', 'F', 'Dm', 'F']
    """
    z = points.interpolate(start, end, count, spherical)
    labels, decoding = chord_labels(repeated(chords, count), count, model.format), Decoding(**how)
    masks = model.masks(instruments, z)
    if masks is None:
        logits = model.numpy.program_logits(z)
        masks = band_masks(logits, *first_tokens(logits[[0, -1]], decoding, model.format))
    tracks = model.decode_tracks(
        z, labels, decoding, draws=np.zeros(count, np.int32), programs=masks
    )
    return tracks.measures(labels, model.format)


def grid(
    model: GMVAE,
    corners: np.ndarray,
    rows: int,
    columns: int,
    chords: Chords = None,
    spherical: bool = True,
    **how: Any,
) -> list[list[Measure]]:
    """Interpolate between four corners, float [4, Z]: `rows` lists of `columns` measures.

    The chords repeat along each row (`points.grid`).

    >>> rows = grid(model, model.sample_points(4, seed=1), 2, 3, "C", seed=1)
    >>> [len(row) for row in rows]
    [3, 3]
    """
    z = points.grid(corners, rows, columns, spherical).reshape(rows * columns, -1)
    row = repeated(chords, columns)
    symbols = row * rows if isinstance(row, list) else row
    measures = model.decode(z, symbols, same_draw=True, **how)
    return [measures[start : start + columns] for start in range(0, len(measures), columns)]


def reconstruct(
    model: GMVAE,
    measures: Sequence[Measure],
    temperature: float = 0.0,
    seed: int | None = 0,
    **how: Any,
) -> list[Measure]:
    """Encode each measure, and decode its mu under its own chords; greedily by default.

    >>> [measure.chords for measure in reconstruct(model, [measure])] == [measure.chords]
    True
    """
    mu, _ = model.encode(measures)
    return model.decode(mu, chords_of(measures), temperature, seed, **how)


def vary(
    model: GMVAE,
    measure: Measure | np.ndarray,
    count: int = 4,
    similarity: float = 0.7,
    chords: Chords = None,
    seed: int | None = None,
    **how: Any,
) -> list[Measure]:
    """Generate `count` measures that resemble one, given as a measure or a point float [Z].

    Args:
        similarity: 1 is the same point with other random numbers, 0 any point (`points.near`).
        chords: one symbol for all, or a list that repeats; the chords of the measure if None.

    >>> len(vary(model, measure, count=3, similarity=0.8, seed=1))
    3
    """
    if isinstance(measure, Measure):
        if chords is None:
            chords = chords_of([measure])[0]
        point = model.encode([measure])[0][0]
    else:
        point = measure
    z = points.near(point, similarity, count, seed)
    return model.decode(z, repeated(chords, count), seed=seed, **how)


def reroll(
    model: GMVAE,
    measure: Measure,
    instruments: str | Sequence[str],
    count: int = 4,
    similarity: float = 1.0,
    seed: int | None = None,
    **how: Any,
) -> list[Measure]:
    """Return `count` copies of a measure in which the tracks of some instruments are new.

    Args:
        instruments: whose tracks to replace, by names or numbers of General MIDI.
        similarity: of the points that the new tracks are decoded from, as in `vary`.

    Raises:
        UsageError: the measure has no track of these instruments.

    >>> new = reroll(model, measure, "drums", count=2, temperature=1.0, seed=1)
    >>> [other.programs == measure.programs for other in new]
    [True, True]
    """
    words = instruments.split(",") if isinstance(instruments, str) else instruments
    chosen = frozenset().union(*(programs_named(word) for word in words))
    # a program's track keeps its index: tracks of a measure are in the order of the corpus
    tracks = [track for track, program in enumerate(measure.programs) if program in chosen]
    if not tracks:
        raise UsageError(f"{measure!r} has no track of {', '.join(words)}; name one of its own.")
    z = points.near(model.encode([measure])[0][0], similarity, count, seed)
    fmt = model.format
    first = measure.tokens[:, 0] - vocabulary(fmt).program  # of each track: program, drums or end
    masks = np.zeros((count, fmt.max_tracks, vocabulary(fmt).size - vocabulary(fmt).program), bool)
    masks[:, np.arange(fmt.max_tracks), first] = True
    variants = model.decode(z, chords_of([measure])[0], seed=seed, instruments=masks, **how)
    return [_with_tracks(measure, other, tracks) for other in variants]


def chords_of(measures: Sequence[Measure]) -> list[str]:
    """The chords of each measure as one symbol for decoding, such as "C|G"."""
    return ["|".join(measure.chords) for measure in measures]


def _with_tracks(measure: Measure, other: Measure, tracks: list[int]) -> Measure:
    tokens, lengths = measure.tokens.copy(), measure.lengths.copy()
    tokens[tracks], lengths[tracks] = other.tokens[tracks], other.lengths[tracks]
    return Measure(tokens, lengths, measure.chord_ids, measure.fmt)


def repeated(chords: Chords, count: int) -> Chords:
    """A list of chords, repeated until there are `count`; other values are unchanged."""
    if chords is None or isinstance(chords, str):
        return chords
    return [chords[index % len(chords)] for index in range(count)]
