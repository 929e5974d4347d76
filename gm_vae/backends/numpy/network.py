"""The network in NumPy, for generating music without importing TensorFlow or tracing a graph.

Rows leave the computation when their tracks end, which saves most of the work: a measure has about
80 tokens in its 8 x 64 positions. Weights, grammar and random numbers are the same as in
`decoding`, whose graph SavedModels contain.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from gm_vae.backends.numpy.threads import in_threads, split
from gm_vae.model import published
from gm_vae.model.config import ModelConfig
from gm_vae.model.grammar import NEVER, Grammar, GrammarState, repeat_penalty_at
from gm_vae.model.sampling import sample_token, uniforms
from gm_vae.music.chords import NO_CHORD, NUM_CHORDS
from gm_vae.music.event_chords import chord_slot
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import vocabulary

NO_INPUT = -1  # a token or chord id that stands for a vector of zeros
BATCH = 32, 128  # measures per thread at a time: fewer are not faster, more need memory

State = tuple[np.ndarray, np.ndarray]  # (h, c), each [N, H]


class NumpyVAE:
    """Encoder, conductor and track decoder, computed on the CPU in float32.

    Args:
        config: the sizes.
        weights: every weight by published name (`HierarchicalVAE.published_weights`).

    Raises:
        UserError: weights are missing, have another shape, or hold NaN or infinity.
    """

    def __init__(self, config: ModelConfig, weights: Mapping[str, np.ndarray]) -> None:
        self.config = config
        self.vocab = vocabulary(config.fmt)
        sizes = published.NetworkSizes.of(config)
        published.require_weights(weights, sizes.shapes())
        self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        encoder = [
            self._cell(published.encoder_cell(level, direction))
            for level in (0, 1)
            for direction in ("fw", "bw")
        ]
        self._track_readers, self._measure_readers = encoder[:2], encoder[2:]
        layers = range(len(config.decoder_units))
        self._conductor = [self._cell(published.conductor_cell(layer)) for layer in layers]
        self._decoder = [self._cell(published.decoder_cell(layer)) for layer in layers]
        first, size = self._decoder[0], self.vocab.size
        zero = np.zeros((1, first.kernel.shape[1]), np.float32)
        tokens, rest = first.kernel[:size], first.kernel[size:]
        self._embedding_kernel, rest = np.split(rest, [config.decoder_units[-1]])
        chords = rest[:NUM_CHORDS] if config.chords else zero[:0]
        # NO_INPUT (-1) reads the last row, which is zeros
        self._token_gates = np.concatenate([tokens, zero])
        self._chord_gates = np.concatenate([chords, zero])

    def published_weights(self) -> dict[str, np.ndarray]:
        """Every weight as float32, by published name."""
        return dict(self._weights)

    def encode(
        self, tokens: np.ndarray, lengths: np.ndarray, chords: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Tokens and chords [B, T, E], lengths [B, T] -> (mu, sigma) float32 [B, Z]."""
        batch, tracks, steps = tokens.shape
        tokens, chords = (np.reshape(x, (-1, steps)) for x in (tokens, chords))
        lengths = np.reshape(lengths, -1).astype(np.int64)  # [B, T] -> [N]
        order = np.argsort(-lengths, kind="stable")
        tokens, chords, lengths = tokens[order], chords[order], lengths[order]
        rows = np.arange(len(order))
        finals = []
        for cell, backward in zip(self._track_readers, (False, True)):
            h, c = cell.zeros(len(order))
            for t in range(lengths[0] if len(lengths) else 0):
                live = int(np.searchsorted(-lengths, -t))  # rows longer than t
                step = lengths[:live] - 1 - t if backward else t
                index = rows[:live], step
                gates = cell.kernel[tokens[index]] + cell.bias
                if self.config.chords:
                    gates += cell.kernel[self.vocab.size + chords[index].astype(np.int64)]
                h[:live], c[:live] = cell.step(gates, (h[:live], c[:live]))
            finals.append(h)
        tracks_read = np.empty((len(order), 2 * self.config.encoder_units), np.float32)
        tracks_read[order] = np.concatenate(finals, -1)
        embeddings = tracks_read.reshape(batch, tracks, -1)  # [N, 2H] -> [B, T, 2H]
        finals = []
        for cell, direction in zip(self._measure_readers, (1, -1)):
            state = cell.zeros(batch)
            for t in range(tracks)[::direction]:
                gates = embeddings[:, t] @ cell.input_kernel + cell.bias
                state = cell.step(gates, state)
            finals.append(state[0])
        measure = np.concatenate(finals, -1)
        sigma = np.logaddexp(np.float32(0), self._dense(published.SIGMA, measure))
        return self._dense(published.MU, measure), sigma

    def encode_many(
        self, count: int, measures: Callable[[slice], tuple[np.ndarray, np.ndarray, np.ndarray]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """`encode` of `count` > 0 measures on all cores.

        `measures` returns the arguments of `encode` for a slice of 0..count-1.
        """
        results = in_threads(lambda rows: self.encode(*measures(rows)), split(count, *BATCH))
        mu, sigma = (np.concatenate(column) for column in zip(*results))
        return mu, sigma

    def embed(self, z: np.ndarray) -> np.ndarray:
        """z [B, Z] -> track embeddings [B, T, D]."""
        states = self._initial_states(published.CONDUCTOR_STATE, z)
        embeddings = []
        for _ in range(self.config.fmt.max_tracks):
            states = _step_stack(self._conductor, self._conductor[0].bias, states)
            embeddings.append(states[-1][0])
        return np.stack(embeddings, 1)

    def program_logits(self, z: np.ndarray, first_inputs: np.ndarray | None = None) -> np.ndarray:
        """Logits of each track's program, drums and end as its first token: float32 [B, T, 130].

        Args as in `decode`.
        """
        run = _DecoderState(self, self.embed(z), first_inputs)
        logits = run.step(run.first_inputs, np.full(len(run.rows), NO_CHORD))
        logits = logits[:, self.vocab.program :]  # [B * T, 130]
        return logits.reshape(len(z), self.config.fmt.max_tracks, logits.shape[1])

    def decode(
        self,
        z: np.ndarray,
        chords: np.ndarray,
        temperature: float | np.ndarray,
        seed: int,
        draws: np.ndarray,
        first_inputs: np.ndarray | None = None,
        programs: np.ndarray | None = None,
        repeat_penalty: float = 0.0,
        drum_temperature: float | np.ndarray | None = None,
        begin_tokens: np.ndarray | None = None,
        begin_lengths: np.ndarray | None = None,
        streams: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Well-formed tokens for each z; as `decoding.decode_side_by_side`.

        Args:
            z: float32 [B, Z].
            chords: int [B, C], evenly spaced chord ids; each event is conditioned on the chord at
                its time.
            temperature: >= 0; 0 is greedy. One for all, or float [B, T].
            seed: 0..2**32 - 1.
            draws: int32 [B], the random stream of the seed that each measure uses.
            first_inputs: int [B, T], the input before each track's first token; zeros if None.
            programs: bool [B, T, 130], allowed first tokens of each track (program, drums, end), at
                least one of them; all if None.
            repeat_penalty: how much less a track repeats its last onset (`repeat_penalty_at`).
            drum_temperature: of drum tracks, likewise; `temperature` if None.
            begin_tokens: int [B, T, E], a prefix of each track, which must obey the grammar; a
                track that ends there is kept unchanged.
            begin_lengths: int [B, T], the length of each prefix; 0 if None.
            streams: int [B, T], the random stream of the measure that each track uses; the track's
                index if None.

        Returns:
            tokens int32 [B, T, E] (zero after each end) and lengths int32 [B, T].
        """
        fmt = self.config.fmt
        steps = fmt.max_track_length
        shape = len(z), fmt.max_tracks
        run, grammar = _DecoderState(self, self.embed(z), first_inputs), Grammar(fmt)
        total = len(run.rows)
        if drum_temperature is None:
            drum_temperature = temperature
        if streams is None:
            streams = np.arange(fmt.max_tracks)
        if begin_tokens is None or begin_lengths is None:
            begin_tokens, begin_lengths = (
                np.zeros((1, 1, steps), np.int32),
                np.zeros(shape, np.int32),
            )
        rows = _Rows(
            draw=np.repeat(draws, fmt.max_tracks),
            stream=_per_track(streams, shape, np.int32),
            chords=np.repeat(chords, fmt.max_tracks, axis=0),  # [B, C] -> [N, C]
            temperature=_per_track(temperature, shape, np.float32),
            drum_temperature=_per_track(drum_temperature, shape, np.float32),
            penalty=_per_track(repeat_penalty_at(repeat_penalty, temperature), shape, np.float32),
            beginning=np.broadcast_to(begin_tokens, (*shape, steps)).reshape(total, steps),
            begun=np.reshape(begin_lengths, -1),
        )
        tokens = np.zeros((total, steps), np.int32)
        lengths = np.zeros(total, np.int32)
        last = rows.beginning[run.rows, rows.begun - 1]
        whole = (rows.begun > 0) & (last == self.vocab.end)
        lengths[whole] = rows.begun[whole]
        is_kept = np.arange(steps) < lengths[:, None]
        tokens[is_kept] = rows.beginning[is_kept]
        rows = _keep(run, rows, np.flatnonzero(~whole))
        state = grammar.start(len(run.rows))
        previous = run.first_inputs[run.rows]
        begun, varies = rows.begun.max(initial=0), rows.penalty.any()
        for t in range(steps if len(run.rows) else 0):
            logits = run.step(previous, _chord_now(rows.chords, state.step, t, fmt))
            logits = grammar.constrain(logits, state, steps - t)
            if varies:
                logits = grammar.vary(logits, state, rows.penalty)
            if t == 0 and programs is not None:
                first = logits[:, self.vocab.program :]
                first[~programs.reshape(total, -1)[run.rows]] = NEVER
            heat = np.where(state.is_drum, rows.drum_temperature, rows.temperature)
            previous = sample_token(logits, heat, uniforms(seed, rows.draw, rows.stream, t))
            if t < begun:
                previous = np.where(t < rows.begun, rows.beginning[:, t], previous)
            going = ~state.done
            tokens[run.rows[going], t] = previous[going]
            lengths[run.rows[going]] += 1
            state = grammar.advance(state, previous)
            live = np.flatnonzero(~state.done)
            if not len(live):
                break
            if len(live) <= 0.9 * len(run.rows):  # moving rows has a cost
                rows = _keep(run, rows, live)
                state = GrammarState(*(x[live] for x in state))
                previous = previous[live]
        return tokens.reshape(*shape, steps), lengths.reshape(shape)

    def decode_in_sequence(
        self, z: np.ndarray, chords: np.ndarray, temperature: float, seed: int, draws: np.ndarray
    ) -> np.ndarray:
        """The published procedure: tracks in sequence, E steps each, without masks.

        The first input of a later track is the last of the previous track's E tokens, past its end.

        Args:
            z: float32 [B, Z].
            chords: int [B, C], evenly spaced chord ids by time; or int [B, T, E], by position,
                where NO_INPUT feeds zeros.
            temperature, seed, draws: as in `decode`.

        Returns:
            int32 [B, T, E].
        """
        fmt = self.config.fmt
        batch, steps = len(z), fmt.max_track_length
        embeddings = self.embed(z)
        tokens = np.zeros((batch, fmt.max_tracks, steps), np.int32)
        previous = np.full(batch, NO_INPUT)
        for track in range(fmt.max_tracks):
            run = _DecoderState(self, embeddings[:, track])
            now = np.zeros(batch, np.int32)
            for t in range(steps):
                by_place = chords.ndim == 3
                chord = chords[:, track, t] if by_place else _chord_now(chords, now, t, fmt)
                uniform = uniforms(seed, draws, np.full(batch, track), t)
                previous = sample_token(run.step(previous, chord), temperature, uniform)
                tokens[:, track, t] = previous
                now += self.vocab.shift_steps[previous]
        return tokens

    def _dense(self, name: str, inputs: np.ndarray) -> np.ndarray:
        return inputs @ self._weights[f"{name}/kernel"] + self._weights[f"{name}/bias"]

    def _cell(self, name: str) -> _Cell:
        return _Cell.of(self._weights[f"{name}/kernel"], self._weights[f"{name}/bias"])

    def _initial_states(self, name: str, inputs: np.ndarray) -> list[State]:
        """A state per layer, from an array laid out as c0, h0, c1, h1, ..."""
        values = np.tanh(self._dense(name, inputs))
        sizes = np.repeat(self.config.decoder_units, 2)
        arrays = np.split(values, np.cumsum(sizes)[:-1], axis=1)
        return [(h, c) for c, h in zip(arrays[::2], arrays[1::2])]


class _Rows(NamedTuple):
    """Arguments of N tracks, named as in `decode`, with N in place of B, T."""

    draw: np.ndarray
    stream: np.ndarray
    chords: np.ndarray
    temperature: np.ndarray
    drum_temperature: np.ndarray
    penalty: np.ndarray
    beginning: np.ndarray
    begun: np.ndarray


def _per_track(values: float | np.ndarray, shape: tuple[int, int], dtype: type) -> np.ndarray:
    """One number for all tracks, or one per track, [B, T] -> [N]."""
    return np.broadcast_to(np.asarray(values, dtype), shape).reshape(-1)


def _keep(run: _DecoderState, rows: _Rows, live: np.ndarray) -> _Rows:
    """Keep only the `live` rows."""
    run.keep(live)
    return _Rows(*(column[live] for column in rows))


class _DecoderState:
    """The state of the track decoder for N tracks with embeddings [..., D].

    Attributes:
        rows: int [N], the track b * T + t of each row.
        first_inputs: int [N], their first inputs.
    """

    def __init__(
        self,
        network: NumpyVAE,
        embeddings: np.ndarray,
        first_inputs: np.ndarray | None = None,
    ) -> None:
        self._network = network
        embeddings = embeddings.reshape(-1, network.config.decoder_units[-1])
        self.rows = np.arange(len(embeddings))
        if first_inputs is None:
            first_inputs = np.full(len(embeddings), NO_INPUT)
        self.first_inputs = np.reshape(first_inputs, -1)
        bias = network._decoder[0].bias
        self._constant = embeddings @ network._embedding_kernel + bias  # constant over a track
        self._states = network._initial_states(published.DECODER_STATE, embeddings)

    def step(self, previous: np.ndarray, chord: np.ndarray) -> np.ndarray:
        """Logits [N, V] after the tokens `previous` [N], under the chords [N]."""
        network = self._network
        gates = network._token_gates[previous]
        gates += self._constant
        if network.config.chords:
            gates += network._chord_gates[chord]
        self._states = _step_stack(network._decoder, gates, self._states)
        return network._dense(published.OUTPUT, self._states[-1][0])

    def keep(self, live: np.ndarray) -> None:
        """Keep only these rows."""
        self.rows = self.rows[live]
        self._constant = self._constant[live]
        self._states = [(h[live], c[live]) for h, c in self._states]


@dataclasses.dataclass(frozen=True)
class _Cell:
    """An LSTM layer with negated gates, the input gate doubled, and the forget bias included.

    sigmoid(x) is 1 / (1 + exp(-x)) and tanh(x) is 2 sigmoid(2 x) - 1, so that one exp serves all
    four gates; NumPy's exp takes half the time of its tanh.
    """

    kernel: np.ndarray  # [I + H, 4H], rows [input, state]
    bias: np.ndarray

    @classmethod
    def of(cls, kernel: np.ndarray, bias: np.ndarray) -> _Cell:
        units = len(bias) // 4
        scale = np.repeat(np.array([-1, -2, -1, -1], np.float32), units)  # i, j, f, o
        forget = np.repeat(np.array([0, 0, published.FORGET_BIAS, 0], np.float32), units)
        return cls(kernel * scale, (bias + forget) * scale)

    @property
    def units(self) -> int:
        return len(self.bias) // 4

    @property
    def input_kernel(self) -> np.ndarray:
        return self.kernel[: -self.units]

    def zeros(self, rows: int) -> State:
        h, c = (np.zeros((rows, self.units), np.float32) for _ in range(2))
        return h, c

    def step(self, gates: np.ndarray, state: State) -> State:
        """One step: `gates` [N, 4H] from the inputs and the bias."""
        h, c = state
        whole = h @ self.kernel[-self.units :]
        whole += gates
        return self.activate(whole, c)

    def activate(self, gates: np.ndarray, c: np.ndarray) -> State:
        """The next state of whole gates [N, 4H], which are overwritten."""
        with np.errstate(over="ignore"):  # an infinite exp means a gate of 0
            np.exp(gates, out=gates)
            gates += 1
            np.reciprocal(gates, out=gates)
            h = self.units
            i, j, f, o = (gates[:, first : first + h] for first in range(0, 4 * h, h))
            j *= 2
            j -= 1
            j *= i
            c = c * f
            c += j
            h = np.exp(-2 * c)
        h += 1
        np.divide(2, h, out=h)
        h -= 1
        h *= o
        return h, c


def _step_stack(cells: list[_Cell], gates: np.ndarray, states: list[State]) -> list[State]:
    """One step of stacked layers, with `gates` [N, 4H] for the first; returns the next states."""
    after = [cells[0].step(gates, states[0])]
    for cell, (h, c) in zip(cells[1:], states[1:]):
        gates = np.concatenate([after[-1][0], h], 1) @ cell.kernel
        gates += cell.bias
        after.append(cell.activate(gates, c))
    return after


def _chord_now(chords: np.ndarray, step: np.ndarray, t: int, fmt: MeasureFormat) -> np.ndarray:
    """int [N]: the chord at time `step` [N] of [N, C] labels; none for the program (t = 0)."""
    if t == 0:
        return np.full(len(step), NO_CHORD)
    slot = chord_slot(step, chords.shape[1], fmt.steps_per_measure)
    return chords[np.arange(len(step)), slot]
