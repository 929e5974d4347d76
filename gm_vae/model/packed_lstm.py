"""The packed time loop in TensorFlow, with its gradient written out.

One `while_loop` forward and one backward, each step on the rows that still live. The gradient of
the kernel is one product over all entries after the loop instead of one a step.
"""

from __future__ import annotations

import tensorflow as tf

from gm_vae.model.layout import Layout
from gm_vae.model.lstm import FORGET_BIAS


@tf.autograph.experimental.do_not_convert
def packed_lstm(
    gates: tf.Tensor, kernel: tf.Tensor, h0: tf.Tensor, c0: tf.Tensor, layout: Layout
) -> tf.Tensor:
    """h of each entry [P, H], from input gates [P, 4H], state kernel [H, 4H] and h0, c0 [N, H]."""
    live, offsets = layout.live, layout.offsets
    num_steps = tf.reduce_sum(tf.cast(live > 0, tf.int32))
    units = kernel.shape[0]

    def array(width: int) -> tf.TensorArray:
        return tf.TensorArray(
            gates.dtype, num_steps, element_shape=[None, width], infer_shape=False
        )

    def forward(gates: tf.Tensor, kernel: tf.Tensor, h0: tf.Tensor, c0: tf.Tensor):
        def step(t, h, c, outputs, cells, activations):
            count = live[t]
            here = gates[offsets[t] : offsets[t] + count] + tf.matmul(h[:count], kernel)
            i, j, f, o = tf.split(here, 4, axis=-1)
            i, j, o = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(o)
            f = tf.sigmoid(f + FORGET_BIAS)
            c = f * c[:count] + i * j
            h = o * tf.tanh(c)
            return (
                t + 1, h, c, outputs.write(t, h), cells.write(t, c),
                activations.write(t, tf.concat([i, j, f, o], -1)),
            )  # fmt: skip

        loose = tf.TensorShape([None, units])
        _, _, _, outputs, cells, activations = tf.while_loop(
            lambda t, *_: t < num_steps,
            step,
            (0, h0, c0, array(units), array(units), array(4 * units)),
            shape_invariants=(tf.TensorShape([]), loose, loose, *[tf.TensorShape(None)] * 3),
        )
        return outputs.concat(), cells.concat(), activations.concat()

    @tf.custom_gradient
    def run(gates: tf.Tensor, kernel: tf.Tensor, h0: tf.Tensor, c0: tf.Tensor):
        outputs, cells, activations = forward(gates, kernel, h0, c0)

        def gradient(d_outputs: tf.Tensor):
            d_outputs = tf.convert_to_tensor(d_outputs)  # the gradient of a gather is sparse

            def step(t, d_h, d_c, d_gates):
                count, first = live[t], offsets[t]
                missing = [[0, count - tf.shape(d_h)[0]], [0, 0]]
                d_h = tf.pad(d_h, missing) + d_outputs[first : first + count]
                d_c = tf.pad(d_c, missing)
                i, j, f, o = tf.split(activations[first : first + count], 4, axis=-1)
                c = tf.tanh(cells[first : first + count])
                before = tf.cond(
                    t > 0, lambda: cells[offsets[t - 1] : offsets[t - 1] + count], lambda: c0
                )
                d_c = d_c + d_h * o * (1 - c * c)
                here = tf.concat(
                    [
                        d_c * j * i * (1 - i),
                        d_c * i * (1 - j * j),
                        d_c * before * f * (1 - f),
                        d_h * c * o * (1 - o),
                    ],
                    -1,
                )
                d_h = tf.matmul(here, kernel, transpose_b=True)
                return t - 1, d_h, d_c * f, d_gates.write(t, here)

            loose = tf.TensorShape([None, units])
            nothing = tf.zeros([0, units], gates.dtype)
            _, d_h0, d_c0, d_gates = tf.while_loop(
                lambda t, *_: t >= 0,
                step,
                (num_steps - 1, nothing, nothing, array(4 * units)),
                shape_invariants=(tf.TensorShape([]), loose, loose, tf.TensorShape(None)),
            )
            d_gates = d_gates.concat()
            # the state before each entry: h0 at step 0, else the same row's entry a step earlier
            earlier = tf.gather(offsets, tf.maximum(layout.steps - 1, 0)) + layout.rows
            earlier = tf.where(layout.steps > 0, earlier + tf.shape(h0)[0], layout.rows)
            h_before = tf.gather(tf.concat([h0, outputs], 0), earlier)
            d_kernel = tf.matmul(h_before, d_gates, transpose_a=True)
            return d_gates, d_kernel, d_h0, d_c0

        return outputs, gradient

    return run(gates, kernel, h0, c0)
