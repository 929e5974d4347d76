"""Token ids against note_seq's encoding of performance events, and other formats."""

import numpy as np
import pytest

from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import DRUMS, EventType, vocabulary


def test_ids_are_note_seqs():
    """Its encoding of notes, shifts and velocities, then programs, drums and end."""
    performance = pytest.importorskip("note_seq").performance_lib
    encoder = pytest.importorskip("note_seq").performance_encoder_decoder
    encoding = encoder.PerformanceOneHotEncoding(
        num_velocity_bins=8, max_shift_steps=96, min_pitch=0, max_pitch=127
    )
    kinds = {
        performance.PerformanceEvent.NOTE_ON: EventType.NOTE_ON,
        performance.PerformanceEvent.NOTE_OFF: EventType.NOTE_OFF,
        performance.PerformanceEvent.TIME_SHIFT: EventType.TIME_SHIFT,
        performance.PerformanceEvent.VELOCITY: EventType.VELOCITY,
    }
    ours = vocabulary(MeasureFormat())
    assert encoding.num_classes == ours.program == 360
    for token in range(encoding.num_classes):
        event = encoding.decode_event(token)
        assert ours.decode(token) == (kinds[event.event_type], event.event_value)


def test_ids_after_the_events():
    ours = vocabulary(MeasureFormat())
    assert ours.encode(EventType.PROGRAM, 0) == 360
    assert ours.encode(EventType.PROGRAM, 127) == 487
    assert ours.encode(EventType.PROGRAM, DRUMS) == ours.drums == 488
    assert ours.encode(EventType.END) == ours.end == 489
    assert ours.size == 490


@pytest.mark.parametrize(
    "fmt", [MeasureFormat(), MeasureFormat(beats_per_bar=3, velocity_bins=32, steps_per_quarter=4)]
)
def test_every_token_is_one_event(fmt):
    ours = vocabulary(fmt)
    events = [ours.decode(token) for token in range(ours.size)]
    assert [ours.encode(*event) for event in events] == list(range(ours.size))
    assert ours.kinds.tolist() == [kind for kind, _ in events]
    shifts = [value if kind == EventType.TIME_SHIFT else 0 for kind, value in events]
    assert ours.shift_steps.tolist() == shifts
    assert max(shifts) == fmt.steps_per_measure
    assert sum(kind == EventType.VELOCITY for kind, _ in events) == fmt.velocity_bins
    assert ours.size == 256 + fmt.steps_per_measure + fmt.velocity_bins + 130


def test_tables_have_small_types():
    ours = vocabulary(MeasureFormat())
    assert ours.kinds.dtype == np.int8
    assert ours.shift_steps.dtype == np.int16


def test_one_vocabulary_a_format():
    assert vocabulary(MeasureFormat()) is vocabulary(MeasureFormat())
    assert vocabulary(MeasureFormat()) == vocabulary(MeasureFormat(max_tracks=9))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (EventType.NOTE_ON, 128),
        (EventType.NOTE_OFF, -1),
        (EventType.TIME_SHIFT, 0),
        (EventType.TIME_SHIFT, 97),
        (EventType.VELOCITY, 0),
        (EventType.VELOCITY, 9),
        (EventType.PROGRAM, 129),
        (EventType.END, 1),
    ],
)
def test_values_out_of_range(kind, value):
    with pytest.raises(ValueError, match="has no value"):
        vocabulary(MeasureFormat()).encode(kind, value)


@pytest.mark.parametrize("token", [-1, 490])
def test_tokens_out_of_range(token):
    with pytest.raises(ValueError, match="outside"):
        vocabulary(MeasureFormat()).decode(token)
