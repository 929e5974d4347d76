"""Which token may come next: the rules that every track of the corpus obeys, as logit masks.

A track is its program, then events, then the end; an absent track is the end alone. Within one
step come the note-offs by onset and pitch, then the note-ons by pitch; a velocity comes only
where it changes and right before a note-on; time-shifts never follow each other and sum to the
measure; what still sounds at the bar line ends there; a track has at least one note; but for drums
its pitches are in the format's range. Each rule is also counted against the tokens left, so that
the end is always reached within E tokens.

The masks hold the same for one row as for many; there is no search and no dead end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import PITCHES, PROGRAMS, EventType, vocabulary

NEVER = -1e9  # the logit of a token that cannot come
_LATE = 2**30  # after every note
_NOTHING = -1  # the "kind" of the last token before there was one


class GrammarState(NamedTuple):
    """Where each of N tracks stands.

    Attributes:
        step: int32 [N], time within the measure.
        kind: int32 [N], `EventType` of the last token, -1 at the start.
        velocity: int32 [N], the bin in force, 0 before the first.
        onset: int32 [N, 128], the step at which each sounding pitch was struck; -1 for silent ones.
        off_floor: int32 [N], the last note ended in this very step, as onset * 128 + pitch, or -1.
        on_floor: int32 [N], the last pitch struck in this very step, or -1.
        is_drum: bool [N].
        has_note: bool [N].
        done: bool [N], the end was reached.
    """

    step: Any
    kind: Any
    velocity: Any
    onset: Any
    off_floor: Any
    on_floor: Any
    is_drum: Any
    has_note: Any
    done: Any


class Grammar:
    """The rules of one measure format."""

    def __init__(self, fmt: MeasureFormat) -> None:
        self.fmt = fmt
        self.vocab = vocabulary(fmt)

    def start(self, rows: Any) -> GrammarState:
        """The state of `rows` empty tracks."""
        zero = ops.zeros((rows,), "int32")
        no = ops.zeros((rows,), "bool")
        silence = ops.full((rows, PITCHES), -1, "int32")
        return GrammarState(zero, zero + _NOTHING, zero, silence, zero - 1, zero - 1, no, no, no)

    def allowed(self, state: GrammarState, left: Any) -> Any:
        """bool [N, V]: the tokens that may come next, with `left` tokens to go, this one counted.

        A token is allowed only if the shortest way from after it to the end fits in `left` - 1.
        """
        bar = self.fmt.steps_per_measure
        after = left - 1
        sounding = state.onset >= 0  # [N, 128]
        held = ops.sum(ops.cast(sounding, "int32"), 1)  # [N]
        empty = state.kind == _NOTHING
        started = ops.logical_not(empty)
        in_bar = state.step < bar
        unfinished = (state.kind == EventType.VELOCITY) | empty
        pitch = ops.arange(PITCHES, dtype="int32")

        # a note-on needs a shift to the bar line, all note-offs and the end after it
        in_range = (pitch >= self.fmt.min_pitch) & (pitch <= self.fmt.max_pitch)
        may_strike = (state.is_drum[:, None] | in_range) & ops.logical_not(sounding)
        may_strike = may_strike & (pitch > state.on_floor[:, None])
        note_on = started & in_bar & (state.velocity > 0) & (held + 3 <= after)
        note_on = note_on[:, None] & may_strike

        note_off = ops.logical_not(unfinished) & (state.on_floor < 0)
        turn = ops.where(sounding, state.onset * PITCHES + pitch, _LATE)  # [N, 128]
        # at the bar line none is skipped
        in_turn = in_bar[:, None] | (turn == ops.min(turn, 1, keepdims=True))
        in_turn = in_turn & (turn > state.off_floor[:, None])
        note_off = note_off[:, None] & sounding & in_turn

        goal = state.step[:, None] + ops.arange(1, bar + 1, dtype="int32")  # [N, shifts]
        # stopping short needs an event there first: a note-off, or (velocity and) a whole note
        to_end = ops.where(held > 0, held + 2, 4 + ops.cast(state.velocity == 0, "int32"))
        to_bar = state.has_note & (held + 1 <= after)
        shift = ((goal < bar) & (to_end <= after)[:, None]) | ((goal == bar) & to_bar[:, None])
        may_shift = ops.logical_not(unfinished | (state.kind == EventType.TIME_SHIFT))
        shift = may_shift[:, None] & shift

        bins = ops.arange(1, self.fmt.velocity_bins + 1, dtype="int32")
        velocity = started & in_bar & (state.kind != EventType.VELOCITY) & (held + 4 <= after)
        velocity = velocity & ops.any(may_strike, 1)
        velocity = velocity[:, None] & (bins != state.velocity[:, None])

        program = ops.repeat(empty[:, None], PROGRAMS + 1, axis=1)
        end = empty | (ops.logical_not(in_bar) & (held == 0))
        return ops.concatenate([note_on, note_off, shift, velocity, program, end[:, None]], 1)

    def constrain(self, logits: Any, state: GrammarState, left: Any) -> Any:
        """`logits` float32 [N, V] with forbidden tokens at `NEVER`.

        A model that would pass the bar line, or end a track before it, means "nothing more in this
        measure": where the shift to the bar line is allowed, it gets their probability. Without
        that, a little doubt late in a measure would be shared out among stray notes.
        """
        allowed = self.allowed(state, left)
        first, last = self.vocab.time_shift, self.vocab.velocity
        steps = ops.arange(1, self.fmt.steps_per_measure + 1, dtype="int32")
        goal = state.step[:, None] + steps  # [N, shifts]
        shifts = logits[:, first:last]
        beyond = ops.logsumexp(
            ops.concatenate(
                [
                    ops.where(goal > self.fmt.steps_per_measure, shifts, NEVER),
                    logits[:, self.vocab.end :],
                ],
                1,
            ),
            -1,
            keepdims=True,
        )
        to_bar = goal == self.fmt.steps_per_measure
        shifts = ops.where(to_bar, ops.logaddexp(shifts, beyond), shifts)
        logits = ops.concatenate([logits[:, :first], shifts, logits[:, last:]], 1)
        return ops.where(allowed, logits, NEVER)

    def advance(self, state: GrammarState, token: Any) -> GrammarState:
        """The state after each row's `token` int32 [N]; rows that are done stay as they are."""
        vocab = self.vocab
        kinds = ops.convert_to_tensor(vocab.kinds.astype(np.int32))
        shifts = ops.convert_to_tensor(vocab.shift_steps.astype(np.int32))
        kind = ops.take(kinds, token, axis=0)
        shift = ops.take(shifts, token, axis=0)
        struck, ended = kind == EventType.NOTE_ON, kind == EventType.NOTE_OFF
        moved = kind == EventType.TIME_SHIFT
        pitch = token % PITCHES
        here = ops.arange(PITCHES, dtype="int32") == pitch[:, None]  # [N, 128]
        ended_note = ops.max(ops.where(here, state.onset * PITCHES, 0), 1) + pitch
        onset = ops.where(here & struck[:, None], state.step[:, None], state.onset)
        onset = ops.where(here & ended[:, None], -1, onset)
        new = GrammarState(
            step=state.step + shift,
            kind=kind,
            velocity=ops.where(
                kind == EventType.VELOCITY, token - vocab.velocity + 1, state.velocity
            ),
            onset=onset,
            off_floor=ops.where(moved, -1, ops.where(ended, ended_note, state.off_floor)),
            on_floor=ops.where(moved, -1, ops.where(struck, pitch, state.on_floor)),
            is_drum=state.is_drum | (token == vocab.drums),
            has_note=state.has_note | struck,
            done=state.done | (kind == EventType.END),
        )
        return GrammarState(*(_keep(state.done, old, x) for old, x in zip(state, new)))


def _keep(done: Any, old: Any, new: Any) -> Any:
    return ops.where(done if len(old.shape) == 1 else done[:, None], old, new)
