"""A band that changes little by little on the way from one style to another.

Points between two styles name instruments of their own, half of them new at each step. Here the
first style's instruments are carried from step to step and exchanged, one by one, for those of the
last style, each near the point where the model itself comes to prefer the new one.
"""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gm_vae.generate.gmvae import Decoding
from gm_vae.generate.instruments import Instruments
from gm_vae.model.grammar import NEVER
from gm_vae.model.sampling import sample_token, uniforms
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import DRUMS, PROGRAMS, vocabulary

_NO_INSTRUMENT = -1
FAMILY = 8  # programs of a family of General MIDI


class Change(NamedTuple):
    """An instrument that another one replaces; -1 where one only comes or goes."""

    old: int
    new: int


def band_masks(logits: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """bool [B, T, 130]: what each track of B points on a way may begin with (program, drums, end).

    Args:
        logits: float [B, T, 130] of the tracks' first tokens.
        start, end: int [T], with which of the 130 each track of the first and last point begins.
    """
    changes = exchanges(_band(start), _band(end))
    times = change_times(gains(logits, changes), len(logits))
    masks = np.zeros(logits.shape, bool)
    for mask, firsts in ((masks[0], start), (masks[-1], end)):
        mask[np.arange(len(firsts)), firsts] = True
    for step in range(1, len(logits) - 1):
        done = [change for change, time in zip(changes, times) if time <= step]
        masks[step] = _mask_of(logits[step], _changed(start, done))
    return masks


def first_tokens(
    logits: np.ndarray, decoding: Decoding, fmt: MeasureFormat, masks: np.ndarray | None = None
) -> np.ndarray:
    """int [B, T]: with which of the 130 each track begins where a point is decoded with draw 0.

    Args:
        logits: float [B, T, 130] of the tracks' first tokens.
        decoding: how tokens are chosen.
        fmt: the format of the measures.
        masks: bool [B, T, 130], what each track may begin with; anything if None.
    """
    vocab = vocabulary(fmt)
    batch, tracks, width = logits.shape
    full = np.full((batch * tracks, vocab.size), NEVER, np.float32)
    allowed = logits if masks is None else np.where(masks, logits, NEVER)
    full[:, vocab.program :] = allowed.reshape(-1, width)
    how = decoding.arguments()
    track = np.tile(np.arange(tracks), batch)
    uniform = uniforms(how["seed"], np.zeros_like(track), track, 0)
    tokens = sample_token(full, how["temperature"], uniform)
    return tokens.reshape(batch, tracks) - vocab.program


def exchanged(logits: np.ndarray, start: np.ndarray, end: np.ndarray, most: int) -> np.ndarray:
    """int [T]: one band with at most so many changes towards another, at one point.

    Those that the point gains the most from; drums stay as they are. Tracks go to the instruments
    that they are most likely to play.

    Args:
        logits: float [T, 130] of the point's first tokens.
        start, end: int [T], with which of the 130 each track of the two bands begins.
    """
    changes = [change for change in exchanges(_band(start), _band(end)) if DRUMS not in change]
    order = np.argsort(-gains(logits[None], changes)[:, 0], kind="stable")[:most]
    mask = _mask_of(logits, _changed(start, [changes[i] for i in order.tolist()]))
    return mask.argmax(1)


def _changed(start: np.ndarray, changes: Sequence[Change]) -> list[int]:
    """The programs, sorted, of a band after some changes."""
    band = collections.Counter(_band(start))
    for change in changes:
        band[change.old] -= 1
        band[change.new] += 1
    del band[_NO_INSTRUMENT]
    return sorted(band.elements())


def _mask_of(logits: np.ndarray, band: Sequence[int]) -> np.ndarray:
    """bool [T, 130] for a band, each instrument on a track of its own."""
    # drums and a program are not exchanged, so that for a while there may be one too many
    fitting = sorted(sorted(band, key=DRUMS.__ne__)[: len(logits)])
    only = tuple(frozenset([program]) for program in fitting)
    if not only:
        return np.eye(logits.shape[1], dtype=bool)[[-1] * len(logits)]  # the end alone
    return Instruments(only=only).masks(logits[None])[0]


def _band(firsts: np.ndarray) -> list[int]:
    """The programs 0..128, sorted, of tracks that begin so."""
    return sorted(first for first in firsts.tolist() if first <= DRUMS)


def exchanges(start: Sequence[int], end: Sequence[int]) -> list[Change]:
    """What turns one band into another: as few changes as can be, within families first."""
    leaving = collections.Counter(start)
    coming = collections.Counter(end)
    leaving, coming = leaving - coming, coming - leaving
    old, new = sorted(leaving.elements()), sorted(coming.elements())
    changes = []
    for size in (FAMILY, PROGRAMS):  # drums are neither a family's nor a program's
        for program in list(old):
            partner = next((p for p in new if p // size == program // size), None)
            if partner is not None:
                changes.append(Change(program, partner))
                old.remove(program)
                new.remove(partner)
    changes += [Change(program, _NO_INSTRUMENT) for program in old]
    return changes + [Change(_NO_INSTRUMENT, program) for program in new]


def gains(logits: np.ndarray, changes: Sequence[Change]) -> np.ndarray:
    """float [changes, B]: by how many nats each point prefers the new instrument.

    Of the track that is most likely to play it; one that only comes or goes is as likely as not.
    """
    shares = logits - np.logaddexp.reduce(logits, -1, keepdims=True)
    best = shares.max(1)  # [B, 130]
    even = np.full(len(logits), np.log(0.5))

    def score(program: int) -> np.ndarray:
        return even if program == _NO_INSTRUMENT else best[:, program]

    return np.array([score(new) - score(old) for old, new in changes]).reshape(-1, len(logits))


def change_times(gain: np.ndarray, count: int) -> list[int]:
    """The step 1..count - 1 from which each change holds.

    Each at its best time, where it gains the most; but no step has more changes than even ones
    would give, rounded up.
    """
    most = -(-len(gain) // (count - 1))
    # what a change gains from step t on
    later = np.cumsum(gain[:, ::-1], 1)[:, ::-1]
    wanted = 1 + later[:, 1:].argmax(1)
    order = np.argsort(wanted, kind="stable")
    times = wanted[order].tolist()
    for index in range(most, len(times)):
        times[index] = max(times[index], times[index - most] + 1)
    for index in reversed(range(len(times))):
        room = times[index + most] - 1 if index + most < len(times) else count - 1
        times[index] = min(times[index], room)
    result = np.zeros(len(times), int)
    result[order] = times
    return result.tolist()
