"""All figures of a model on a split: as a table, as JSON, or as a folder with plots."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any

from gm_vae.errors import UsageError
from gm_vae.evaluation.bound import Bound
from gm_vae.evaluation.pictures import draw_pictures
from gm_vae.evaluation.reconstruction import Reconstructions
from gm_vae.evaluation.samples import Samples
from gm_vae.evaluation.scores import Evaluation
from gm_vae.files import output_file, output_folder, taken, user_path

FILE_NAME = "evaluation.json"


@dataclasses.dataclass(frozen=True)
class Report:
    """The report of `gm-vae evaluate`.

    Attributes:
        about: where the figures come from (model, dataset, split, seed), JSON values.
        figures: under teacher forcing.
        bound: the importance-weighted bound, None if it was not requested.
        reconstructions: of greedy decoding.
        samples: samples of the prior; None if they were not requested, or the split has a single
            measure.
    """

    about: dict[str, Any]
    figures: Evaluation
    bound: Bound | None
    reconstructions: Reconstructions
    samples: Samples | None

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values: first `Evaluation`, then the other parts by name."""
        return {
            **self.about,
            **self.figures.to_dict(),
            "importance_weighted": dataclasses.asdict(self.bound) if self.bound else None,
            "reconstructions": self.reconstructions.to_dict(),
            "samples": self.samples.to_dict() if self.samples else None,
            "unit_kl": list(self.figures.unit_kl),
            "unit_variance": list(self.figures.unit_variance),
        }

    def table(self) -> str:
        """The figures as a readable table."""
        lines = [self.figures.table()]
        if self.bound:
            lines.append(
                f"bits per measure    {self.bound.bits_per_measure:.1f} at most, by "
                f"{self.bound.draws} draws of z weighted by importance"
            )
        scores = self.reconstructions
        notes = scores.notes
        lines.append(
            f"greedy notes        F1 {notes.f1:.3f}, precision {notes.precision:.3f}, recall "
            f"{notes.recall:.3f} (onset within {scores.tolerance_steps} steps, pitch, program)"
        )
        lines.append(
            f"  by kind           F1 {scores.pitched.f1:.3f} pitched, {scores.drums.f1:.3f} drums"
        )
        lines.append(f"  exactly equal     {100 * scores.same / scores.measures:.1f} % of measures")
        if scores.note_time_in_chord is not None and scores.real_note_time_in_chord is not None:
            lines.append(
                f"note time in chord  {100 * scores.note_time_in_chord:.1f} % decoded, "
                f"{100 * scores.real_note_time_in_chord:.1f} % real"
            )
        if self.samples:
            lines.append(self.samples.table())
        return "\n".join(lines)


def check_output(path: str | os.PathLike[str], force: bool) -> None:
    """Raise UsageError if `write_report` would refuse the path: a check before the work."""
    path = user_path(path)
    exists = path.is_file() if path.suffix == ".json" else path.is_dir() and any(path.iterdir())
    if path.suffix != ".json" and path.is_file():
        raise UsageError(f"{path} is a file; let its name end in .json, or name a folder.")
    if path.suffix == ".json" and path.is_dir():
        raise UsageError(f"{path} is a folder; choose another name, or one without .json.")
    if exists and not force:
        raise taken(path)


def write_report(report: Report, path: str | os.PathLike[str], force: bool = False) -> None:
    """Write the figures to a .json file, or the figures and plots to a folder.

    Raises:
        UsageError: the path exists and `force` is false.
    """
    text = json.dumps(report.to_dict(), indent=1) + "\n"
    path = user_path(path)
    if path.suffix == ".json":
        with output_file(path, force) as temporary:
            temporary.write_text(text, encoding="utf-8")
        return
    with output_folder(path, force) as temporary:
        (temporary / FILE_NAME).write_text(text, encoding="utf-8")
        draw_pictures(report.figures, report.reconstructions.examples, report.samples, temporary)
