"""Detects posterior collapse during training."""

from __future__ import annotations

from gm_vae.evaluation.scores import Evaluation


class CollapseWatch:
    """Warns once after some consecutive validations with a collapsed posterior.

    Posterior collapse: the decoder ignores z. Then the point of another measure explains a measure
    just as well, or hardly any unit of z depends on the measure.
    """

    def __init__(self, patience: int = 3) -> None:
        self.patience = patience
        self._in_a_row = 0

    def update(self, validation: Evaluation) -> str | None:
        """Count a validation; returns the warning and its remedy once it is due, None otherwise."""
        self._in_a_row = self._in_a_row + 1 if collapsed(validation) else 0
        if self._in_a_row != self.patience:
            return None
        return (
            f"posterior collapse: for {self.patience} validations the point of a measure has been "
            f"worth {validation.latent_bits:.1f} bits and {validation.active_units} of "
            f"{len(validation.unit_kl)} units of z are active (KL {validation.kl_bits:.1f} bits); "
            "start again with a lower --max_beta, a slower --beta_rate (0.99999) or more "
            "--free_bits."
        )


def collapsed(validation: Evaluation) -> bool:
    """Whether z is worth less than a bit, or one unit in a hundred (rounded down) is active."""
    return validation.latent_bits < 1.0 or validation.active_units <= len(validation.unit_kl) // 100
