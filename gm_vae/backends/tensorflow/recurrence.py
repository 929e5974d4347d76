"""The ragged time loop in TensorFlow, with its gradient written out.

One `while_loop` forward and one backward, each step on the rows that are still active. A step
gathers its own rows of the tables: their sums for all entries never exist at once. Only products
with the values that are read are computed for all entries together, before the loop, and so are the
gradients of kernels and tables, after it. Step 0 comes before the loop: a zero state needs no
product. Besides c, only the activations of the gates are kept, in the dtype of the products.

On a CPU, the layout of the factors accounts for half of the speed. Packing a factor whose rows are
a multiple of 2 or 4 KB apart, all in the same cache sets, takes as long as the product itself, so
rows are `GATE_PADDING` values longer; and a transposed factor is packed value by value, so the
kernel is transposed once per batch and not once per step.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from gm_vae.backends.tensorflow.gathers import sum_rows
from gm_vae.model.gate_inputs import GateInputs
from gm_vae.model.layout import Layout
from gm_vae.model.published import FORGET_BIAS

GATE_PADDING = 16  # values after the 4H gates of an entry that the loop leaves zero

_KEPT = 4  # tensors of each step that the gradient needs, beside c: i, j, f, o


@tf.autograph.experimental.do_not_convert
def ragged_lstm(
    inputs: GateInputs,
    kernel: tf.Tensor,
    state: tuple[tf.Tensor, tf.Tensor] | None,
    layout: Layout,
    dtype: str = "float32",
) -> tf.Tensor:
    """h of each entry.

    Args:
        inputs: float32 contributions to the gates; G is 4H + GATE_PADDING.
        kernel: float32 [H, G], the recurrent kernel; zeros at the end.
        state: (h, c) [N, H] before the first step; zeros if None.
        layout: ragged or dense; the row and step of each of the P entries.
        dtype: of the factors of products, of kept activations and of the gradients of gates.

    Returns:
        float32 [P, H].
    """
    h, c = state or (None, None)
    tensors = {
        "constant": inputs.constant, "values": inputs.values, "input_kernel": inputs.kernel,
        "table": inputs.table, "kernel": kernel, "h": h, "c": c,
    }  # fmt: skip
    given = {name: tf.convert_to_tensor(x) for name, x in tensors.items() if x is not None}

    @tf.custom_gradient
    def run(*tensors: tf.Tensor):
        loops = _Loops(dict(zip(given, tensors)), inputs.indices, layout, dtype)
        outputs, cells, kept = loops.forward()

        def gradient(d_outputs: tf.Tensor):
            # the gradient of a gather is sparse
            gradients = loops.backward(outputs, cells, kept, tf.convert_to_tensor(d_outputs))
            return [gradients[name] for name in given]

        return outputs, gradient

    return run(*given.values())


class _Loops:
    """Both loops over the tensors of one call, by name as in `ragged_lstm`."""

    def __init__(
        self,
        given: dict[str, tf.Tensor],
        indices: tuple[tf.Tensor, ...],
        layout: Layout,
        dtype: str,
    ) -> None:
        self._given, self._indices, self._layout, self._dtype = given, indices, layout, dtype
        self._units = given["kernel"].shape[0]
        self._num_steps = tf.reduce_sum(tf.cast(layout.active > 0, tf.int32))
        self._num_rows = layout.active[0]
        self._kernel = self._rounded(given["kernel"])
        if "values" in given:
            self._values = self._rounded(given["values"])
            self._input_kernel = self._rounded(given["input_kernel"])
            self._read = tf.matmul(self._values, self._input_kernel)  # [P, G]

    def forward(self) -> tuple[tf.Tensor, tf.TensorArray, tf.TensorArray]:
        """h of each entry [P, H]; c, and the activations of the gates, of each step."""
        loose = tf.TensorShape([None, self._units])

        def step(t: Any, h: Any, c: Any, outputs: Any, cells: Any, kept: Any):
            count = self._layout.active[t]
            h, c, kept = self._cell(self._gates(t, h[:count]), c[:count], t, kept)
            return t + 1, h, c, outputs.write(t, h), cells.write(t, c), kept

        kept = self._array(_KEPT * self._num_steps, self._units, self._dtype)
        first_gates = self._gates(0, self._given.get("h"))
        h, c, kept = self._cell(first_gates, self._given.get("c"), 0, kept)
        outputs, cells = (self._array(self._num_steps, self._units) for _ in range(2))
        *_, outputs, cells, kept = tf.while_loop(
            lambda t, *_: t < self._num_steps,
            step,
            (1, h, c, outputs.write(0, h), cells.write(0, c), kept),
            shape_invariants=(tf.TensorShape([]), loose, loose, *[tf.TensorShape(None)] * 3),
        )
        return outputs.concat(), cells, kept

    def backward(
        self,
        outputs: tf.Tensor,
        cells: tf.TensorArray,
        kept: tf.TensorArray,
        d_outputs: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        """The gradient of each given tensor."""
        given, layout, units = self._given, self._layout, self._units
        transposed = self._transposed(self._kernel)

        def d_cell(t: Any, d_h: Any, d_c: Any, before: Any):
            """Gradients of step t's gates [n, G] and of the c before it."""
            i, j, f, o = (
                tf.cast(kept.read(_KEPT * t + index), tf.float32) for index in range(_KEPT)
            )
            c = tf.tanh(cells.read(t))
            d_c = d_c + tf.raw_ops.TanhGrad(y=c, dy=d_h * o)
            d_gates = [
                tf.raw_ops.SigmoidGrad(y=i, dy=d_c * j),
                tf.raw_ops.TanhGrad(y=j, dy=d_c * i),
                tf.zeros_like(f)
                if before is None
                else tf.raw_ops.SigmoidGrad(y=f, dy=d_c * before),
                tf.raw_ops.SigmoidGrad(y=o, dy=d_h * c),
                tf.zeros([tf.shape(c)[0], GATE_PADDING]),
            ]
            return tf.concat(d_gates, -1), d_c * f

        def arriving(t: Any, d_h: Any, d_c: Any):
            """Gradients of h and c of step t; rows that end there get none from later steps."""
            count, first = layout.active[t], layout.offsets[t]
            ended = [[0, count - tf.shape(d_h)[0]], [0, 0]]
            return tf.pad(d_h, ended) + d_outputs[first : first + count], tf.pad(d_c, ended)

        def back(t: Any, before: Any, d_h: Any, d_c: Any, d_bias: Any, d_gates: Any):
            """From the gradients after step t to those before it; `before` is c of step t - 1."""
            d_h, d_c = arriving(t, d_h, d_c)
            d_step, d_c = d_cell(t, d_h, d_c, before)
            if bias:
                d_bias = d_bias + tf.matmul(tf.ones([1, tf.shape(d_step)[0]]), d_step)[0]
            d_step = self._rounded(d_step)
            d_h = tf.cast(tf.matmul(d_step, transposed)[:, :units], tf.float32)
            return d_h, d_c, d_bias, d_gates.write(t, d_step)

        def step(t: Any, *state: Any):
            before = cells.read(t - 1)[: layout.active[t]]
            return t - 1, *back(t, before, *state)

        gates = given["kernel"].shape[1]
        bias = "constant" in given and len(given["constant"].shape) == 1
        nothing = tf.zeros([0, units])
        start = (
            self._num_steps - 1, nothing, nothing, tf.zeros([gates if bias else 0]),
            self._array(self._num_steps, gates, self._dtype),
        )  # fmt: skip
        loose = tf.TensorShape([None, units])
        shapes = (tf.TensorShape([]), loose, loose, start[3].shape, tf.TensorShape(None))
        _, *state = tf.while_loop(lambda t, *_: t > 0, step, start, shape_invariants=shapes)
        d_h, d_c, d_bias, d_gates = back(0, given.get("c"), *state)
        d_gates = d_gates.concat()

        gradients = {"h": d_h, "c": d_c, "constant": d_bias}
        # the h before each entry after step 0 is the same row's entry a step earlier
        later = slice(self._num_rows, None)
        earlier = tf.gather(layout.offsets, layout.steps[later] - 1) + layout.rows[later]
        earlier = tf.gather(self._rounded(outputs), earlier)
        gradients["kernel"] = self._correlation(earlier, d_gates[later])
        if "h" in given:
            gradients["kernel"] += self._correlation(given["h"], d_gates[: self._num_rows])
        if "values" in given:
            width = given["values"].shape[1]
            d_values = tf.matmul(d_gates, self._transposed(self._input_kernel))[:, :width]
            gradients["values"] = tf.cast(d_values, tf.float32)
            gradients["input_kernel"] = self._correlation(self._values, d_gates)
        if self._indices:
            size = tf.shape(given["table"])[0]
            sums = [sum_rows(d_gates, index, size) for index in self._indices]
            gradients["table"] = tf.add_n([tf.cast(each, tf.float32) for each in sums])
        if "constant" in given and not bias:
            gradients["constant"] = tf.cast(
                sum_rows(d_gates, layout.rows, self._num_rows), tf.float32
            )
        return gradients

    def _gates(self, t: int | tf.Tensor, h: tf.Tensor | None) -> tf.Tensor:
        """Gates [n, G] of step t's rows from what they read and the h before, [n, H] or None."""
        count, first = self._layout.active[t], self._layout.offsets[t]
        entries = slice(first, first + count)
        parts = [tf.gather(self._given["table"], index[entries]) for index in self._indices]
        if "values" in self._given:
            parts.append(tf.cast(self._read[entries], tf.float32))
        if h is not None:
            parts.append(tf.cast(tf.matmul(self._rounded(h), self._kernel), tf.float32))
        constant = self._given.get("constant")
        if constant is not None:
            parts.append(constant if len(constant.shape) == 1 else constant[:count])
        return sum(parts[1:], parts[0])

    def _cell(
        self, gates: tf.Tensor, before: tf.Tensor | None, t: int | tf.Tensor, kept: tf.TensorArray
    ) -> tuple[tf.Tensor, tf.Tensor, tf.TensorArray]:
        """h and c [n, H] of step t, from the c before it or None."""
        i, j, f, o, _ = tf.split(gates, [*[self._units] * 4, GATE_PADDING], axis=-1)
        i, j, f, o = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f + FORGET_BIAS), tf.sigmoid(o)
        c = i * j if before is None else f * before + i * j
        for index, value in enumerate((i, j, f, o)):
            kept = kept.write(_KEPT * t + index, self._rounded(value))
        return o * tf.tanh(c), c, kept

    @staticmethod
    def _transposed(kernel: tf.Tensor) -> tf.Tensor:
        """[K, G] -> [G, K + GATE_PADDING]."""
        return tf.pad(tf.transpose(kernel), [[0, 0], [0, GATE_PADDING]])

    def _correlation(self, left: tf.Tensor, d_gates: tf.Tensor) -> tf.Tensor:
        """The gradient [K, G] of a kernel that [P, K] was multiplied by, from [P, G]."""
        return tf.cast(tf.matmul(self._rounded(left), d_gates, transpose_a=True), tf.float32)

    def _rounded(self, values: tf.Tensor) -> tf.Tensor:
        return tf.cast(values, self._dtype)

    def _array(self, size: tf.Tensor, width: int, dtype: str = "float32") -> tf.TensorArray:
        return tf.TensorArray(
            dtype, size, False, False, element_shape=[None, width], infer_shape=False
        )
