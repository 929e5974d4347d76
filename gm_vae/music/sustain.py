"""The sustain pedal: notes sound on until it is released."""

from __future__ import annotations

import dataclasses

import numpy as np

from gm_vae.music.midi_file import Score


def apply_sustain(score: Score) -> Score:
    """A score without pedal, in which notes last as long as the pedal held them.

    A note that ends while the pedal of its channel is down sounds until the pedal is released, or
    until the next note of its pitch and instrument begins; a pedal that is never released lets it
    sound to the end of the piece. A note that begins with another of its pitch under a held pedal
    replaces it. Drums have no pedal.
    """
    no_pedal = {
        "pedal_ticks": np.zeros(0, np.int64),
        "pedal_down": np.zeros(0, bool),
        "pedal_channel": np.zeros(0, np.int64),
    }
    played = np.flatnonzero(np.isin(score.channel, score.pedal_channel) & ~score.is_drum)
    if not len(played):
        return dataclasses.replace(score, **no_pedal)
    end_of_piece = max(score.end_tick, int(score.pedal_ticks.max()))
    span = end_of_piece + 1
    # Press before release at one tick: the pedal is up after it.
    order = np.lexsort((~score.pedal_down, score.pedal_ticks, score.pedal_channel))
    down = score.pedal_down[order]
    moment = score.pedal_channel[order] * span + score.pedal_ticks[order]
    release = moment[~down]

    # Notes by instrument, pitch and onset, for "the next note of its pitch". [P]
    start, instrument, pitch = (
        column[played] for column in (score.start_ticks, score.instrument, score.pitch)
    )
    by_pitch = np.lexsort((start, pitch, instrument))
    played, start = played[by_pitch], start[by_pitch]
    line = instrument[by_pitch] * 128 + pitch[by_pitch]
    end = score.end_ticks[played].copy()
    first_moment = score.channel[played] * span  # of the channel's time

    def is_down(tick: np.ndarray) -> np.ndarray:
        latest = np.searchsorted(moment, first_moment + tick, "right") - 1
        found = (latest >= 0) & (moment[latest] >= first_moment)
        return found & down[latest]

    held = np.flatnonzero(is_down(end))
    following = np.searchsorted(release, first_moment[held] + end[held], "right")
    until = np.append(release, np.iinfo(np.int64).max)[following] - first_moment[held]
    end[held] = np.minimum(until, end_of_piece)  # past it lie other channels' releases

    place = np.arange(len(played))
    strikes = np.where(is_down(start), place, len(played))  # notes that begin under the pedal
    after = np.append(np.minimum.accumulate(strikes[::-1])[::-1], len(played))[1:]
    struck = np.flatnonzero(after < len(played))
    struck = struck[line[after[struck]] == line[struck]]
    end[struck] = np.minimum(end[struck], start[after[struck]])

    end_ticks = score.end_ticks.copy()
    end_ticks[played] = end
    sounds = end_ticks > score.start_ticks
    columns = ("start_ticks", "pitch", "velocity", "program", "is_drum", "instrument", "channel")
    return dataclasses.replace(
        score,
        end_ticks=end_ticks[sounds],
        **{name: getattr(score, name)[sounds] for name in columns},
        **no_pedal,
    )
