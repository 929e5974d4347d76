"""Scores the model on held-out measures during training."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable

from gm_vae.evaluation.collapse import CollapseWatch
from gm_vae.evaluation.scores import Evaluation, evaluate_unless, make_score
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.training.best import BestCheckpoint
from gm_vae.training.limits import StepLimit
from gm_vae.training.run_log import RunLog


class Validator:
    """Scores the validation split and keeps the best step.

    Args:
        network: the model that trains.
        dataset_dir: its dataset, which has a validation split.
        measures: the largest number of measures to score.
        best: keeps the best step, if requested.
        should_stop: returns whether to abort a validation.
    """

    def __init__(
        self,
        network: HierarchicalVAE,
        dataset_dir: str | pathlib.Path,
        measures: int,
        best: BestCheckpoint | None,
        limit: StepLimit,
        log: RunLog,
        should_stop: Callable[[], bool],
    ) -> None:
        self._network, self._dataset_dir, self._measures = network, dataset_dir, measures
        self.best, self._limit, self._log = best, limit, log
        self._should_stop = should_stop
        self._score = make_score(network)
        self._watch = CollapseWatch()

    def score(self) -> Evaluation | None:
        """The figures of the current model; None if it was stopped."""
        with self._limit.timed("validate"):
            return evaluate_unless(
                self._should_stop,
                self._network,
                self._dataset_dir,
                "validation",
                limit=self._measures,
                score=self._score,
            )

    def score_step(self, step: int) -> Evaluation | None:
        """`score` of a step, which is saved if it is the best so far."""
        evaluation = self.score()
        if self.best and evaluation:
            self.best.update(step, evaluation, self._network)
        return evaluation

    def report(self, step: int, evaluation: Evaluation) -> None:
        """Write the figures, and warn if the posterior collapses."""
        self._log.write(step, {f"validation/{k}": v for k, v in evaluation.scalars().items()})
        if not sys.stderr.isatty():  # otherwise the progress line shows them
            self._log.say(held_out_line(step, evaluation))
        warning = self._watch.update(evaluation)
        if warning:
            self._log.say(warning)


def held_out_line(step: int, evaluation: Evaluation) -> str:
    """The figures of a step as a readable line."""
    return (
        f"step {step:,}: held-out {evaluation.bits_per_measure:.1f} bits per measure "
        f"(KL {evaluation.kl_bits:.1f}), accuracy {evaluation.accuracy:.3f}, "
        f"{evaluation.active_units} active units"
    )
