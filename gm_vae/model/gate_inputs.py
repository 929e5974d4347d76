"""What an LSTM reads at each step, besides its state."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from gm_vae.model.layout import Layout

if TYPE_CHECKING:
    from gm_vae.model.kernels import Kernels


@dataclasses.dataclass(frozen=True)
class GateInputs:
    """Contributions to the gates of the P entries of a layout, which are added up.

    G is 4H plus the gate padding of the kernels, N the number of rows. The contributions are kept
    apart because their sum [P, G] is large: a time loop can compute it step by step.

    Attributes:
        constant: [G] of all entries beside `values`, or [N, G] of each row; None if there is none.
        values, kernel: factors [P, I] and [I, G] of a product; both or neither.
        table, indices: [V, G], and its rows, int32 [P] each, that every entry reads.
    """

    constant: Any = None
    values: Any = None
    kernel: Any = None
    table: Any = None
    indices: tuple[Any, ...] = ()

    def gates(self, kernels: Kernels, layout: Layout, dtype: str) -> Any:
        """Their sum, [P, G]; the factors of the product are rounded to `dtype`."""
        parts = []
        if self.values is not None:
            parts.append(kernels.matmul(self.values, self.kernel, dtype))
        if self.indices:
            parts.append(kernels.embed_sum(self.table, self.indices, dtype))
        if self.constant is not None and len(self.constant.shape) == 2:
            parts.append(layout.broadcast_rows(self.constant))
        elif self.constant is not None:
            parts.append(self.constant)
        return sum(parts[1:], parts[0])
