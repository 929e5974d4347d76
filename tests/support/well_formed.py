"""A second implementation of the rules of a track's tokens, which shares no code with the
grammar."""

from gm_vae.music.vocabulary import EventType, vocabulary


def assert_well_formed(tokens, fmt):
    """Raise AssertionError unless a track's token list follows the rules of the corpus."""
    vocab = vocabulary(fmt)
    if tokens == [vocab.end]:
        return
    events = [vocab.decode(token) for token in tokens]
    assert len(tokens) <= fmt.max_track_length
    assert events[0][0] == EventType.PROGRAM
    assert events[-1][0] == EventType.END
    step, velocity, sounding, struck = 0, 0, {}, 0
    order = []  # onset and pitch of the notes that this step ends and then strikes
    for (kind, value), (before, _), (after, _) in zip(events[1:-1], events, events[2:]):
        if kind == EventType.TIME_SHIFT:
            assert before != EventType.TIME_SHIFT
            assert order == sorted(set(order))
            step, order = step + value, []
            assert step <= fmt.steps_per_measure
        elif kind == EventType.VELOCITY:
            assert value != velocity
            assert after == EventType.NOTE_ON
            velocity = value
        elif kind == EventType.NOTE_ON:
            assert velocity > 0
            assert value not in sounding
            assert step < fmt.steps_per_measure
            sounding[value] = step
            order.append((step, value))
            struck += 1
        elif kind == EventType.NOTE_OFF:
            order.append((sounding.pop(value), value))
            assert order[-1][0] < step
        else:
            raise AssertionError(f"{kind.name} inside a track")
    assert order == sorted(set(order))
    assert step == fmt.steps_per_measure
    assert not sounding
    assert struck
    if tokens[0] != vocab.drums:
        pitches = [token for token in tokens if token < 128]
        assert fmt.min_pitch <= min(pitches) <= max(pitches) <= fmt.max_pitch
