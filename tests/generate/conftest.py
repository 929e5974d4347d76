"""Measures to write and draw."""

import numpy as np
import pytest

from gm_vae.music.measure import Measure


@pytest.fixture(scope="session")
def golden_measures(golden):
    """Function from the stem of a golden MIDI file to the measures that the original made of it."""

    def load(stem):
        data = np.load(golden / "data/tokens" / f"{stem}.npz")
        measures = []
        for tokens, lengths, chord_ids in zip(
            data["chords_tokens"], data["chords_lengths"], data["chords_ids"]
        ):
            tracks = [row[:length] for row, length in zip(tokens, lengths) if length > 1]
            # the first event of a track is at its start, the end repeats the last event's chord
            chords = [chord_ids[0, 1], chord_ids[0, lengths[0] - 1]]
            measures.append(Measure.from_tracks(tracks, chords))
        return measures

    return load


@pytest.fixture(scope="session")
def simple_track():
    """Function from a program and (start, end, pitch) notes, all at velocity 81, to tokens.

    Written from the facts of the token table alone, for the default format.
    """

    def tokens(program, notes, velocity=81):
        events = sorted(  # at one step the ends of notes, older notes first, then the new notes
            [(start, 1, start, pitch) for start, end, pitch in notes]
            + [(end, 0, start, pitch) for start, end, pitch in notes]
        )
        track, now, loud = [360 + program], 0, False
        for step, is_on, _, pitch in events:
            if step > now:
                track.append(255 + step - now)
                now = step
            if is_on and not loud:
                track.append(352 + (velocity - 1) // 16)
                loud = True
            track.append(pitch if is_on else 128 + pitch)
        if now < 96:
            track.append(255 + 96 - now)
        return [*track, 489]

    return tokens
