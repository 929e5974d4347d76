"""The ragged time loop in TensorFlow, with its gradient written out.

One `while_loop` forward and one backward, each step on the rows that are still active. The gradient
of the kernel is one product over all entries after the loop instead of one per step. Step 0 comes
before the loop: from a zero state it needs no product.

On a CPU, the layout of the factors accounts for half of the speed. Packing a factor whose rows are
a multiple of 2 or 4 KB apart, all in the same cache sets, takes as long as the product itself, so
rows are `GATE_PADDING` values longer; and a transposed factor is packed value by value, so the
kernel is transposed once per batch and not once per step.
"""

from __future__ import annotations

import tensorflow as tf

from gm_vae.model.layout import Layout
from gm_vae.model.published import FORGET_BIAS

GATE_PADDING = 16  # values after the 4H gates of an entry that the loop leaves zero

_KEPT = 5  # tensors of each step that the gradient needs: i, j, f, o, c


@tf.autograph.experimental.do_not_convert
def ragged_lstm(
    gates: tf.Tensor,
    kernel: tf.Tensor,
    state: tuple[tf.Tensor, tf.Tensor] | None,
    layout: Layout,
    dtype: str = "float32",
) -> tf.Tensor:
    """h of each entry.

    Args:
        gates: float32 [P, 4H + GATE_PADDING] from the inputs.
        kernel: float32 [H, 4H + GATE_PADDING], the recurrent kernel; zeros at the end.
        state: (h, c) [N, H] before the first step; zeros if None.
        layout: ragged or dense; the row and step of each of the P entries.
        dtype: of the factors of products.

    Returns:
        float32 [P, H].
    """
    active, offsets = layout.active, layout.offsets
    num_steps = tf.reduce_sum(tf.cast(active > 0, tf.int32))
    num_rows = active[0]
    units = kernel.shape[0]
    loose = tf.TensorShape([None, units])

    def product(left: tf.Tensor, right: tf.Tensor, **kwargs: bool) -> tf.Tensor:
        left, right = tf.cast(left, dtype), tf.cast(right, dtype)
        return tf.cast(tf.matmul(left, right, **kwargs), tf.float32)

    def array(size: tf.Tensor, width: int) -> tf.TensorArray:
        return tf.TensorArray(
            tf.float32, size, False, False, element_shape=[None, width], infer_shape=False
        )

    def cell(gates: tf.Tensor, before: tf.Tensor | None, t: int | tf.Tensor, kept: tf.TensorArray):
        i, j, f, o, _ = tf.split(gates, [*[units] * 4, GATE_PADDING], axis=-1)
        i, j, f, o = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f + FORGET_BIAS), tf.sigmoid(o)
        c = i * j if before is None else f * before + i * j
        for index, value in enumerate((i, j, f, o, c)):
            kept = kept.write(_KEPT * t + index, value)
        return o * tf.tanh(c), c, kept

    def forward(gates: tf.Tensor, kernel: tf.Tensor, *state: tf.Tensor):
        kernel = tf.cast(kernel, dtype)

        def step(t, h, c, outputs, kept):
            count, first = active[t], offsets[t]
            step_gates = product(h[:count], kernel) + gates[first : first + count]
            h, c, kept = cell(step_gates, c[:count], t, kept)
            return t + 1, h, c, outputs.write(t, h), kept

        first_gates, before = gates[:num_rows], None
        if state:
            h0, before = state
            first_gates = first_gates + product(h0, kernel)
        h, c, kept = cell(first_gates, before, 0, array(_KEPT * num_steps, units))
        outputs = array(num_steps, units).write(0, h)
        *_, outputs, kept = tf.while_loop(
            lambda t, *_: t < num_steps,
            step,
            (1, h, c, outputs, kept),
            shape_invariants=(tf.TensorShape([]), loose, loose, *[tf.TensorShape(None)] * 2),
        )
        return outputs.concat(), kept

    @tf.custom_gradient
    def run(gates: tf.Tensor, kernel: tf.Tensor, *state: tf.Tensor):
        outputs, kept = forward(gates, kernel, *state)

        def gradient(d_outputs: tf.Tensor):
            d_outputs = tf.convert_to_tensor(d_outputs)  # the gradient of a gather is sparse
            transposed = tf.transpose(tf.cast(kernel, dtype))
            transposed = tf.pad(transposed, [[0, 0], [0, GATE_PADDING]])

            def d_cell(t, d_h, d_c, before):
                """Gradients of step t's gates [n, 4H + GATE_PADDING] and of the c before it."""
                i, j, f, o, c = (kept.read(_KEPT * t + index) for index in range(_KEPT))
                c = tf.tanh(c)
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

            def d_before(d_gates):
                return product(d_gates, transposed)[:, :units]

            def arriving(t, d_h, d_c):
                """Gradients of h and c of step t; rows that end there get none from later steps."""
                count, first = active[t], offsets[t]
                ended = [[0, count - tf.shape(d_h)[0]], [0, 0]]
                return tf.pad(d_h, ended) + d_outputs[first : first + count], tf.pad(d_c, ended)

            def step(t, d_h, d_c, d_gates):
                before = kept.read(_KEPT * t - 1)[: active[t]]  # c of step t - 1
                d_h, d_c = arriving(t, d_h, d_c)
                d_step_gates, d_c = d_cell(t, d_h, d_c, before)
                return t - 1, d_before(d_step_gates), d_c, d_gates.write(t, d_step_gates)

            nothing = tf.zeros([0, units])
            _, d_h, d_c, d_gates = tf.while_loop(
                lambda t, *_: t > 0,
                step,
                (num_steps - 1, nothing, nothing, array(num_steps, 4 * units + GATE_PADDING)),
                shape_invariants=(tf.TensorShape([]), loose, loose, tf.TensorShape(None)),
            )
            d_h, d_c = arriving(0, d_h, d_c)
            first, d_c = d_cell(0, d_h, d_c, state[1] if state else None)
            d_gates = d_gates.write(0, first).concat()
            # the h before each entry after step 0 is the same row's entry a step earlier
            later = slice(num_rows, None)
            earlier = tf.gather(offsets, layout.steps[later] - 1) + layout.rows[later]
            earlier = tf.gather(outputs, earlier)
            d_kernel = product(earlier, d_gates[later], transpose_a=True)
            if not state:
                return d_gates, d_kernel
            d_kernel = d_kernel + product(state[0], first, transpose_a=True)
            return d_gates, d_kernel, d_before(first), d_c

        return outputs, gradient

    return run(gates, kernel, *(state or ()))
