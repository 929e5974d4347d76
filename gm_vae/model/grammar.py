"""Which token may follow: the rules that every track of the corpus obeys, as logit masks.

A track is its program, then events, then the end; an absent track is only the end. Within one step,
note-offs by onset and pitch come before note-ons by pitch; a velocity occurs only where it changes,
right before a note-on; time-shifts never follow each other and sum to the measure; notes that sound
at the bar line end there; a track has at least one note; pitches (except of drums) are in the
format's range. Each rule also counts the remaining tokens, so that the end is always reached within
E tokens.

The masks do not depend on the number of rows; there is no search and no dead end.
"""

from __future__ import annotations

import functools
import math
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from gm_vae import numpy_ops
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import PITCHES, PROGRAMS, EventType, vocabulary

NEVER = -math.inf  # the logit of a forbidden token
_FAR = -1e9  # the logit of a negligible probability
_SILENT = 2**30  # after every note
_NOTHING = -1  # the "kind" of the last token before there was one
# as plain numbers, since comparing arrays with them is fast
_NOTE_ON, _NOTE_OFF, _TIME_SHIFT, _VELOCITY, _, _END = map(int, EventType)


def repeat_penalty_at(strength: Any, temperature: Any, ops: ModuleType = numpy_ops) -> Any:
    """The penalty that `Grammar.vary` subtracts from note-ons, in nats, at a temperature.

    `strength` up to a temperature of 0.5, less above, 0 from 1, where the model repeats as often as
    real music; 0 at temperature 0, which always takes the most likely token.
    """
    fade = ops.minimum(ops.maximum(2.0 * (1.0 - temperature), 0.0), 1.0)
    return ops.where(temperature > 0, strength * fade, 0.0)


def drum_temperature_at(temperature: Any, ops: ModuleType = numpy_ops) -> Any:
    """The temperature of drum tracks where pitched tracks have `temperature`: t (1 + t) / 2, or t.

    Between 0 and 1 drums are cooler, since a groove depends on its pattern more than a melody does;
    at 0 and from 1 both are equal.
    """
    return ops.minimum(temperature, 0.5 * temperature * (1.0 + temperature))


class GrammarState(NamedTuple):
    """The grammar state of each of N tracks.

    Attributes:
        step: int32 [N], time within the measure.
        kind: int32 [N], `EventType` of the last token, -1 at the start.
        velocity: int32 [N], the current bin, 0 before the first.
        turn: int32 [N, 128], the order in which sounding pitches end: onset * 128 + pitch; 2**30
            for silent ones.
        held: int32 [N], the number of sounding pitches.
        off_floor: int32 [N], the turn of the last note ended in this step, or -1.
        on_floor: int32 [N], the last pitch struck in this step, or -1.
        striking: bool [N, 128], the pitches struck in this step.
        struck: bool [N, 128], the pitches of the previous onset.
        is_drum: bool [N].
        has_note: bool [N].
        done: bool [N], the end was reached.
    """

    step: Any
    kind: Any
    velocity: Any
    turn: Any
    held: Any
    off_floor: Any
    on_floor: Any
    striking: Any
    struck: Any
    is_drum: Any
    has_note: Any
    done: Any


class Grammar:
    """The rules of one measure format.

    Args:
        fmt: the format.
        ops: the array module: `keras.ops` inside graphs, `numpy_ops` on plain arrays.
    """

    def __init__(self, fmt: MeasureFormat, ops: ModuleType = numpy_ops) -> None:
        self.fmt = fmt
        self.vocab = vocabulary(fmt)
        self.ops = ops

    def start(self, rows: Any) -> GrammarState:
        """The state of `rows` empty tracks."""
        ops = self.ops
        zero = ops.zeros((rows,), "int32")
        no = ops.zeros((rows,), "bool")
        silence = ops.full((rows, PITCHES), _SILENT, "int32")
        none = ops.zeros((rows, PITCHES), "bool")
        return GrammarState(
            zero, zero + _NOTHING, zero, silence, zero, zero - 1, zero - 1, none, none, no, no, no
        )

    def allowed(self, state: GrammarState, left: Any) -> Any:
        """bool [N, V]: the allowed next tokens, with `left` tokens remaining, including this one.

        A token is allowed only if the shortest sequence from there to the end fits in `left` - 1
        tokens.
        """
        ops, fmt = self.ops, self.fmt
        bar = fmt.steps_per_measure
        after = left - 1
        held = state.held
        sounding = state.turn < _SILENT  # [N, 128]
        empty = state.kind == _NOTHING
        started = ops.logical_not(empty)
        in_bar = state.step < bar
        unfinished = (state.kind == _VELOCITY) | empty
        pitch = ops.arange(PITCHES, dtype="int32")

        # a note-on needs a shift to the bar line, all note-offs and the end after it
        may_strike = ops.logical_not(sounding) & (pitch > state.on_floor[:, None])
        if (fmt.min_pitch, fmt.max_pitch) != (0, PITCHES - 1):
            in_range = (pitch >= fmt.min_pitch) & (pitch <= fmt.max_pitch)
            may_strike = may_strike & (state.is_drum[:, None] | in_range)
        note_on = started & in_bar & (state.velocity > 0) & (held + 3 <= after)
        note_on = note_on[:, None] & may_strike

        note_off = ops.logical_not(unfinished) & (state.on_floor < 0)
        # at the bar line no note is skipped
        in_turn = in_bar[:, None] | (state.turn == ops.min(state.turn, 1, keepdims=True))
        in_turn = in_turn & (state.turn > state.off_floor[:, None])
        note_off = note_off[:, None] & sounding & in_turn

        # a shift short of the bar line needs an event there: a note-off, or (velocity and) a whole
        # note
        to_end = ops.where(held > 0, held + 2, 4 + ops.cast(state.velocity == 0, "int32"))
        may_shift = ops.logical_not(unfinished | (state.kind == _TIME_SHIFT))
        may_stop = ops.cast(may_shift & (to_end <= after), "int32")
        to_bar = ops.cast(may_shift & state.has_note & (held + 1 <= after), "int32")
        shifts = ops.convert_to_tensor(_shifts(bar))
        shift = ops.take(shifts, (state.step * 2 + may_stop) * 2 + to_bar, axis=0)

        bins = ops.arange(1, fmt.velocity_bins + 1, dtype="int32")
        velocity = started & in_bar & (state.kind != _VELOCITY) & (held + 4 <= after)
        velocity = velocity & ops.any(may_strike, 1)
        velocity = velocity[:, None] & (bins != state.velocity[:, None])

        program = ops.repeat(empty[:, None], PROGRAMS + 1, axis=1)
        # finished rows are not read, but must have an allowed token
        end = empty | state.done | (ops.logical_not(in_bar) & (held == 0))
        return ops.concatenate([note_on, note_off, shift, velocity, program, end[:, None]], 1)

    def constrain(self, logits: Any, state: GrammarState, left: Any) -> Any:
        """`logits` float32 [N, V] with forbidden tokens at `NEVER`.

        A model that would pass the bar line, or end a track before it, means "nothing more in this
        measure": where the shift to the bar line is allowed, it gets their probability. Otherwise,
        a small uncertainty late in a measure would be distributed over stray notes.
        """
        ops, bar = self.ops, self.fmt.steps_per_measure
        allowed = self.allowed(state, left)
        first, last = self.vocab.time_shift, self.vocab.velocity
        goal = state.step[:, None] + ops.arange(1, bar + 1, dtype="int32")  # [N, shifts]
        shifts = logits[:, first:last]
        beyond = ops.concatenate(
            [ops.where(goal > bar, shifts, NEVER), logits[:, self.vocab.end :]], 1
        )
        beyond = ops.logsumexp(beyond, -1, keepdims=True)
        index = ops.maximum(bar - state.step, 1)[:, None] - 1  # index of the shift to the bar line
        to_bar = ops.logaddexp(ops.take_along_axis(shifts, index, 1), beyond)
        shifts = ops.where(goal == bar, to_bar, shifts)
        logits = ops.concatenate([logits[:, :first], shifts, logits[:, last:]], 1)
        return ops.where(allowed, logits, NEVER)

    def vary(self, logits: Any, state: GrammarState, penalty: Any) -> Any:
        """Constrained `logits` float32 [N, V] with a penalty on the track's last onset.

        The note-ons of its last onset lose `penalty` >= 0 (scalar or [N]); all note-ons together
        keep their probability; drums are unchanged. At low temperatures a model otherwise repeats
        pitches nearly twice as often as real music does: where it is uncertain about the next note,
        the last one is the most likely.
        """
        ops = self.ops
        pitched = ops.logical_not(state.is_drum)[:, None]
        again = ops.cast(state.struck & pitched, "float32")
        penalty = ops.reshape(ops.cast(penalty, "float32"), (-1, 1))
        note_ons = ops.maximum(logits[:, :PITCHES], _FAR)  # finite, even where none is allowed
        lowered = note_ons - again * penalty
        kept = ops.logsumexp(note_ons, -1, keepdims=True)
        lowered = lowered + (kept - ops.logsumexp(lowered, -1, keepdims=True))
        lowered = ops.where(logits[:, :PITCHES] > NEVER, lowered, NEVER)
        return ops.concatenate([lowered, logits[:, PITCHES:]], 1)

    def advance(self, state: GrammarState, token: Any) -> GrammarState:
        """The state after each row's `token` int32 [N]; finished rows are unchanged."""
        ops, vocab = self.ops, self.vocab
        kinds = ops.convert_to_tensor(vocab.kinds.astype(np.int32))
        shifts = ops.convert_to_tensor(vocab.shift_steps.astype(np.int32))
        kind = ops.take(kinds, token, axis=0)
        struck, ended = kind == _NOTE_ON, kind == _NOTE_OFF
        moved = kind == _TIME_SHIFT
        pitch = token % PITCHES
        turn = ops.take_along_axis(state.turn, pitch[:, None], 1)[:, 0]  # of a note that ends
        new_turn = ops.where(struck, state.step * PITCHES + pitch, _SILENT)
        is_pitch = ops.arange(PITCHES, dtype="int32") == pitch[:, None]
        touched = is_pitch & (struck | ended)[:, None]
        # a shift ends an onset, if there was one
        onset_ended = moved & (state.on_floor >= 0)
        new = GrammarState(
            step=state.step + ops.take(shifts, token, axis=0),
            kind=kind,
            velocity=ops.where(kind == _VELOCITY, token - vocab.velocity + 1, state.velocity),
            turn=ops.where(touched, new_turn[:, None], state.turn),
            held=state.held + ops.cast(struck, "int32") - ops.cast(ended, "int32"),
            off_floor=ops.where(moved, -1, ops.where(ended, turn, state.off_floor)),
            on_floor=ops.where(moved, -1, ops.where(struck, pitch, state.on_floor)),
            striking=(state.striking | (is_pitch & struck[:, None]))
            & ops.logical_not(moved)[:, None],
            struck=ops.where(onset_ended[:, None], state.striking, state.struck),
            is_drum=state.is_drum | (token == vocab.drums),
            has_note=state.has_note | struck,
            done=state.done | (kind == _END),
        )
        if self.ops is numpy_ops and not state.done.any():  # graphs cannot be checked
            return new
        return GrammarState(*(self._keep(state.done, old, x) for old, x in zip(state, new)))

    def _keep(self, done: Any, old: Any, new: Any) -> Any:
        return self.ops.where(done if len(old.shape) == 1 else done[:, None], old, new)


@functools.lru_cache
def _shifts(bar: int) -> np.ndarray:
    """bool [(bar + 1) * 4, bar]: the allowed shifts, by (step, may stop short, may fill)."""
    step, stop, fill = np.meshgrid(np.arange(bar + 1), [False, True], [False, True], indexing="ij")
    goal = step[..., None] + np.arange(1, bar + 1)  # [steps, 2, 2, shifts]
    allowed = (goal < bar) & stop[..., None] | (goal == bar) & fill[..., None]
    return allowed.reshape(-1, bar)
