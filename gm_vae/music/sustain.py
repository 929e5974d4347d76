"""The pedals: notes sound until the pedals are released."""

from __future__ import annotations

import dataclasses

import numpy as np

from gm_vae.music.midi_file import Score
from gm_vae.music.moments import Moments
from gm_vae.music.pedal import Pedal

LATEST_RELEASE_QUARTERS = 16  # after the last note-off of a piece


def apply_sustain(score: Score) -> Score:
    """A score without pedals, in which notes last as long as the pedals held them.

    The sustain pedal holds notes that end while it is down; the sostenuto pedal holds only notes
    that sounded when it went down. A note that ends on the tick at which a pedal goes down is not
    held. A held note sounds until the pedal is released. A pedal that is never released, or over 16
    quarters after the last note-off of the piece, holds notes until then. A note that begins while
    a pedal of its channel is down ends older ones of its pitch. Drums have no pedals.
    """
    pedals = score.sustain, score.sostenuto
    touched = np.concatenate([pedal.channel for pedal in pedals])
    played = np.flatnonzero(np.isin(score.channel, touched) & ~score.is_drum)
    end_ticks = score.end_ticks
    if len(played):
        channel, start, pitch = (
            score.channel[played],
            score.start_ticks[played],
            score.pitch[played],
        )
        end = end_ticks[played]
        latest = score.end_tick + LATEST_RELEASE_QUARTERS * score.ticks_per_quarter
        for pedal, since in ((score.sostenuto, start), (score.sustain, None)):
            until = _releases(pedal, channel, end, since)
            end = np.maximum(end, np.where(until <= latest, until, score.end_tick))
        begins_under = _is_down(score.sustain, channel, start)
        begins_under |= _is_down(score.sostenuto, channel, start)
        line = channel * 128 + pitch
        end = np.minimum(end, _next_strikes(line, start, begins_under))
        end_ticks = end_ticks.copy()
        end_ticks[played] = end
    untouched = Pedal.untouched()
    return dataclasses.replace(score, end_ticks=end_ticks, sustain=untouched, sostenuto=untouched)


def _releases(
    pedal: Pedal, channel: np.ndarray, end: np.ndarray, since: np.ndarray | None
) -> np.ndarray:
    """int64 [N]: when a pedal releases notes: at their ends, if it does not hold them.

    A pedal that is never released releases notes at the greatest int64. With `since`, only pedals
    that went down after these ticks count.
    """
    if not len(pedal):
        return end
    latest = Moments(pedal.channel, pedal.tick).last(channel, end, including=False)
    holds = (latest >= 0) & pedal.down[latest]
    if since is not None:
        same_channel = np.append(False, pedal.channel[1:] == pedal.channel[:-1])
        was_down = np.append(False, pedal.down[:-1]) & same_channel
        press = np.maximum.accumulate(np.where(was_down, 0, np.arange(len(pedal))))
        holds &= pedal.tick[press[latest]] > since
    ends = np.flatnonzero(pedal.releases)
    first = Moments(pedal.channel[ends], pedal.tick[ends]).first(channel, end, including=True)
    until = np.append(pedal.tick[ends], np.iinfo(np.int64).max)[first]
    return np.where(holds, until, end)


def _is_down(pedal: Pedal, channel: np.ndarray, tick: np.ndarray) -> np.ndarray:
    """bool [N]: whether a pedal is down after all changes up to ticks."""
    if not len(pedal):
        return np.zeros(len(channel), bool)
    latest = Moments(pedal.channel, pedal.tick).last(channel, tick)
    return (latest >= 0) & pedal.down[latest]


def _next_strikes(line: np.ndarray, start: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """int64 [N]: when the next note (of a mask) on each line begins, or the greatest int64."""
    chosen = np.flatnonzero(counts)
    chosen = chosen[np.lexsort((start[chosen], line[chosen]))]
    first = Moments(line[chosen], start[chosen]).first(line, start)
    return np.append(start[chosen], np.iinfo(np.int64).max)[first]
