"""Measures encoded and decoded again: how much of their notes and harmony is preserved."""

from __future__ import annotations

import dataclasses
import itertools
import os
from typing import Any

import numpy as np

from gm_vae.data import dataset as dataset_lib
from gm_vae.generate.gmvae import GMVAE
from gm_vae.generate.operations import reconstruct
from gm_vae.music.consonance import chord_time
from gm_vae.music.measure import Measure
from gm_vae.music.note_matching import TOLERANCE_STEPS, NoteScores, compare_kinds
from gm_vae.progress import Progress


@dataclasses.dataclass(frozen=True)
class Reconstructions:
    """Results of greedy decoding from z = mu, each measure under its own chords.

    Attributes:
        measures: how many were decoded.
        tolerance_steps: largest difference in onset between matching notes.
        pitched, drums: matched, real and decoded notes, over all measures.
        same: measures that were reconstructed token for token.
        note_time_in_chord: share of pitched note time inside the chords, of the reconstructions;
            None if no measure has a chord.
        real_note_time_in_chord: the same share for the measures themselves.
        examples: some measures and their reconstructions.
    """

    measures: int
    tolerance_steps: int
    pitched: NoteScores
    drums: NoteScores
    same: int
    note_time_in_chord: float | None
    real_note_time_in_chord: float | None
    examples: list[tuple[Measure, Measure]] = dataclasses.field(repr=False, compare=False)

    @property
    def notes(self) -> NoteScores:
        """Pitched notes and drum hits together."""
        return self.pitched + self.drums

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values, without the examples."""
        notes = self.notes
        return {
            "measures": self.measures,
            "onset_tolerance_steps": self.tolerance_steps,
            "note_precision": notes.precision,
            "note_recall": notes.recall,
            "note_f1": notes.f1,
            "pitched_note_f1": self.pitched.f1,
            "drum_note_f1": self.drums.f1,
            "pitched_notes": dataclasses.asdict(self.pitched),
            "drum_notes": dataclasses.asdict(self.drums),
            "same_measures": self.same,
            "note_time_in_chord": self.note_time_in_chord,
            "real_note_time_in_chord": self.real_note_time_in_chord,
        }


def reconstruct_split(
    model: GMVAE,
    dataset_dir: str | os.PathLike[str],
    split: str,
    *,
    batch_size: int = 256,
    limit: int | None = None,
    tolerance_steps: int = TOLERANCE_STEPS,
    examples: int = 0,
    show_progress: bool = False,
) -> Reconstructions:
    """Reconstruct the first `limit` measures of a split (all if None) and compare.

    Args:
        examples: how many pairs to keep, spread evenly over the measures.

    Raises:
        UserError: the dataset does not exist or has another format than the model.
    """
    total = dataset_lib.load(dataset_dir).split(split).measures
    total = total if limit is None else min(limit, total)
    shown = {total * index // max(examples, 1) for index in range(examples)}
    measures = itertools.islice(dataset_lib.read_measures(dataset_dir, split), total)
    pitched, drums, same, kept, done = NoteScores(), NoteScores(), 0, [], 0
    harmony = {"real": np.zeros(2, int), "decoded": np.zeros(2, int)}
    with Progress(total, "measure", shown=show_progress) as progress:
        while batch := list(itertools.islice(measures, batch_size)):
            reconstructed = reconstruct(model, batch)
            for real, decoded in zip(batch, reconstructed):
                of_pitched, of_drums = compare_kinds(real, decoded, tolerance_steps)
                pitched, drums = pitched + of_pitched, drums + of_drums
                same += real == decoded
                if done in shown:
                    kept.append((real, decoded))
                done += 1
            harmony["real"] += chord_time(batch)
            harmony["decoded"] += chord_time(reconstructed)
            progress.update(len(batch), "reconstructed")
    in_chord = {
        name: float(inside / time) if time else None for name, (inside, time) in harmony.items()
    }
    return Reconstructions(
        measures=done,
        tolerance_steps=tolerance_steps,
        pitched=pitched,
        drums=drums,
        same=same,
        note_time_in_chord=in_chord["decoded"],
        real_note_time_in_chord=in_chord["real"],
        examples=kept,
    )
