"""What people do with a model: each takes points or measures and gives measures.

All of them decode as one batch. `how` stands for the keywords of `GMVAE.decode`: temperature, seed
and instruments.
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
    """`count` measures of as many styles, each its own point of the prior.

    `chords` is one symbol for all, or some that repeat.

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
    """One style over chords: a measure for each chord from the same point float [Z].

    The drums keep the groove of the first bar, and bars that come back change a little
    (`phrases.play`).

    Args:
        vary: the share of pitched tracks that change when a bar comes back, 0..1.
        fills: whether the last bar of four ends in a drum fill.

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


def morph(
    model: GMVAE,
    start: np.ndarray,
    end: np.ndarray,
    chords: Chords,
    count: int,
    spherical: bool = True,
    instruments: Instruments | None = None,
    **how: Any,
) -> list[Measure]:
    """`count` measures from one point float [Z] to another, over chords that repeat.

    Unless `instruments` are given, those of the first measure are carried along and exchanged for
    those of the last one by one (`bands.band_masks`).

    >>> start, end = model.sample_points(2, seed=1)
    >>> [measure.chords[0] for measure in morph(model, start, end, ["Dm", "F"], 4, seed=1)]
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
    """`rows` lists of `columns` measures between four corners [4, Z] (`points.grid`).

    The chords repeat along each row.

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
    """Each measure decoded from its own mu, under its own chords; greedily if nothing is said.

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
    """`count` measures that resemble one, given as a measure or a point float [Z].

    Args:
        similarity: 1 stays at its point (and draws anew), 0 goes anywhere (`points.near`).
        chords: one symbol for all, or some that repeat; the measure's own if None.

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
    """`count` times the measure with some tracks made anew, by the same instruments, others kept.

    Args:
        instruments: whose tracks are made anew, by names or numbers of General MIDI.
        similarity: of the point that they are made from, as in `vary`.

    Raises:
        UsageError: none of the measure's tracks is played by these.

    >>> new = reroll(model, measure, "drums", count=2, temperature=1.0, seed=1)
    >>> [other.programs == measure.programs for other in new]
    [True, True]
    """
    words = instruments.split(",") if isinstance(instruments, str) else instruments
    chosen = frozenset().union(*(programs_named(word) for word in words))
    # a program's track keeps its place: tracks of a measure are in the order of the corpus
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
    """Each measure's chords as one symbol for decoding, such as "C|G"."""
    return ["|".join(measure.chords) for measure in measures]


def _with_tracks(measure: Measure, other: Measure, tracks: list[int]) -> Measure:
    tokens, lengths = measure.tokens.copy(), measure.lengths.copy()
    tokens[tracks], lengths[tracks] = other.tokens[tracks], other.lengths[tracks]
    return Measure(tokens, lengths, measure.chord_ids, measure.fmt)


def repeated(chords: Chords, count: int) -> Chords:
    """A list of chords from its beginning again until there are `count`; other values stay."""
    if chords is None or isinstance(chords, str):
        return chords
    return [chords[index % len(chords)] for index in range(count)]
