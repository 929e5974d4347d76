"""The whole chain in four minutes: the bundled model plays, learns from MIDI files, plays again.

Music -> measures of MIDI files -> fine-tuning -> exports -> music in their style -> a short table.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gm_vae.command import Command
from gm_vae.errors import Interrupted, UsageError, UserError
from gm_vae.files import user_path
from gm_vae.flags import Arguments, flag
from gm_vae.model.train_config import RECIPES
from gm_vae.progress import duration
from gm_vae.quiet import import_tensorflow_quietly
from gm_vae.text import printable

if TYPE_CHECKING:
    from gm_vae.data.dataset import Dataset
    from gm_vae.evaluation.scores import Evaluation
    from gm_vae.generate.gmvae import GMVAE
    from gm_vae.training.run import RunResult

PROGRESSION = "C G Bb F Ab Eb D G"
INTERPOLATION = "Dm F Am G"
MINUTES = 4.0
TRAINING = dataclasses.replace(RECIPES["finetune"], save_every=100, validation_measures=256)

_AFTER_TRAINING = 4  # times as long as the first music took, on machines of any speed
_AFTER_TRAINING_AT_LEAST = 15.0  # seconds
_TRAINING_AT_LEAST = 0.25  # of the time, however long reading the MIDI files took
_MARK = "demo.json"  # marks a folder that a demo may replace
_FOLDERS = ("midi", "data", "run", "savedmodel", "magentajs", "music")
_SCORED = 256  # measures, where none are held out
_JUDGED = 256  # measures generated to compare their notes with their chords


@dataclasses.dataclass
class Stages:
    """Prints each stage and the time left, and records how many seconds each stage took.

    Attributes:
        minutes: for all of them; None for no limit.
    """

    minutes: float | None
    began: float = dataclasses.field(default_factory=time.monotonic)
    seconds: dict[str, float] = dataclasses.field(default_factory=dict)

    @contextlib.contextmanager
    def __call__(self, name: str, text: str) -> Iterator[None]:
        left = self.seconds_left()
        time_left = f" ({duration(left)} left)" if left else ""
        print(f"[{name}] {printable(text)}{time_left}", flush=True)
        start = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - start

    def seconds_left(self) -> float:
        """Until the end; 0 if it is over or unknown."""
        return max(60 * (self.minutes or 0.0) - (time.monotonic() - self.began), 0.0)


def run_demo(
    output: pathlib.Path,
    midi: str | None,
    *,
    minutes: float = MINUTES,
    steps: int | None = None,
    seed: int = 0,
    force: bool = False,
) -> str:
    """Do everything in the folder `output` and return the closing table.

    Args:
        midi: input of `preprocess`; None writes songs of the built-in arranger.
        minutes: time limit of the whole demo, on two cores and with a few thousand MIDI files.
        steps: training steps, instead of a time limit.
        seed: of songs, training and music.
        force: replace an earlier demo.

    Raises:
        UserError: `output` is not a demo or cannot be written, or the files give too few measures.
    """
    from gm_vae.generate.loading import load

    stages = Stages(minutes if steps is None else None)
    _clear(output, force)
    bundled = load()
    with stages("listen", "the bundled model plays"):
        made = {"the bundled one's": _make_music(bundled, output / "music/bundled", seed)}
    from gm_vae.pipelines.midi_to_measures import preprocess

    if midi is None:
        from gm_vae import arranger

        midi = str(output / "midi")
        with stages("corpus", "writing songs of the built-in arranger"):
            arranger.write_corpus(midi, seed=seed)
    with stages("preprocess", f"MIDI to measures: {midi}"):
        dataset = preprocess(midi, output / "data")
    if dataset.splits["train"].measures < TRAINING.batch_size:
        raise UserError(
            f"{midi} gave {dataset.splits['train'].measures} measures to train on, fewer than a "
            f"batch of {TRAINING.batch_size}; give more MIDI files."
        )
    split = "validation" if dataset.splits["validation"].measures else "train"
    with stages("train", f"the bundled model on {dataset.split('train').measures:,} measures"):
        import_tensorflow_quietly()
        result = _train(output, dataset, stages, steps, seed)
    model = load(output / "run")
    before, after = result.before, result.after
    if before is None or after is None:
        with stages("evaluate", f"{split} measures, before and after"):
            before, after = (_evaluate(each, dataset, split) for each in (bundled, model))
    with stages("export", "SavedModel and magenta.js"):
        _export(output)
    with stages("generate", "the new model plays"):
        made["its music"] = _make_music(model, output / "music/own", seed)
        consonance = _consonance(model, dataset, split, seed)
    training = (before, after, result.steps)
    table = _table(output, dataset, split, training, consonance, stages.seconds, made)
    (output / "report.txt").write_text(table + "\n", encoding="utf-8")
    return table


def _clear(output: pathlib.Path, force: bool) -> None:
    """Make an empty folder with the demo's mark; a folder without the mark is never touched."""
    try:
        if output.is_dir() and any(output.iterdir()):
            if not (output / _MARK).is_file():
                raise UsageError(f"{output} was not made by gm-vae demo; choose another --output.")
            if not force:
                raise UsageError(f"{output} holds a demo; add --force, or choose another --output.")
            for folder in _FOLDERS:
                shutil.rmtree(output / folder, ignore_errors=True)
        output.mkdir(parents=True, exist_ok=True)
        (output / _MARK).write_text(json.dumps({"made_by": "gm-vae demo"}) + "\n")
    except OSError as error:
        raise UserError(
            f"cannot write to {output} ({error.strerror}); choose another --output."
        ) from None


def _train(
    output: pathlib.Path, dataset: Dataset, stages: Stages, steps: int | None, seed: int
) -> RunResult:
    from gm_vae.checkpoints.load import DEFAULT, read_model
    from gm_vae.training.run import train

    start = read_model(DEFAULT)
    if steps is not None:
        config = TRAINING.over(steps)
    else:
        after = max(_AFTER_TRAINING * stages.seconds["listen"], _AFTER_TRAINING_AT_LEAST)
        least = _TRAINING_AT_LEAST * (stages.minutes or 0.0)
        minutes = max((stages.seconds_left() - after) / 60, least)
        config = dataclasses.replace(TRAINING, minutes=minutes)
    config = dataclasses.replace(config, seed=seed)
    try:
        return train(output / "run", dataset.directory, start.config, config, start=start)
    except Interrupted:  # the run could be resumed, a demo cannot
        raise UserError(
            "stopped while the model trained; with --force the demo starts again."
        ) from None


def _evaluate(model: GMVAE, dataset: Dataset, split: str) -> Evaluation:
    from gm_vae.evaluation.scores import evaluate

    return evaluate(model.network, dataset.directory, split, limit=_SCORED)


def _export(output: pathlib.Path) -> None:
    from gm_vae.checkpoints.folder import read_checkpoint
    from gm_vae.checkpoints.magentajs import export_magentajs
    from gm_vae.export.saved_model import export_saved_model

    checkpoint = read_checkpoint(output / "run")
    export_saved_model(checkpoint, output / "savedmodel")
    export_magentajs(checkpoint, output / "magentajs")


def _make_music(model: GMVAE, folder: pathlib.Path, seed: int) -> list[pathlib.Path]:
    """Make an arrangement and an interpolation; prints and returns the paths of the files."""
    from gm_vae.generate.midi_writer import write_midi
    from gm_vae.generate.operations import interpolate, progression
    from gm_vae.generate.piano_roll import draw_piano_roll

    points = model.sample_points(3, seed)
    chords, loop = PROGRESSION.split(), INTERPOLATION.split()
    pieces = (
        (
            "progression",
            f"One style over {PROGRESSION}",
            lambda: progression(model, points[0], chords, seed=seed),
        ),
        (
            "interpolation",
            f"From one style to another over {INTERPOLATION}",
            lambda: interpolate(model, points[1], points[2], loop, 4 * len(loop), seed=seed),
        ),
    )
    made = []
    for name, title, make in pieces:
        measures = make()
        for suffix, write in ((".mid", write_midi), (".png", draw_piano_roll)):
            path = folder / f"{name}{suffix}"
            write(measures, path, title=title)
            print(f"    {path}", flush=True)
            made.append(path)
    return made


def _consonance(model: GMVAE, dataset: Dataset, split: str, seed: int) -> tuple[float, float]:
    """Share of note time in the chord, for generated measures and as many real ones."""
    import itertools

    from gm_vae.data.dataset import read_measures
    from gm_vae.music.consonance import note_time_in_chord

    real = list(itertools.islice(read_measures(dataset.directory, split), _JUDGED))
    chords = ["|".join(measure.chords) for measure in real]
    generated = model.decode(model.sample_points(len(real), seed), chords, seed=seed)
    return note_time_in_chord(generated), note_time_in_chord(real)


def _table(
    output: pathlib.Path,
    dataset: Dataset,
    split: str,
    training: tuple[Evaluation, Evaluation, int],
    consonance: tuple[float, float],
    seconds: dict[str, float],
    made: Mapping[str, Sequence[pathlib.Path]],
) -> str:
    files, bars = dataset.files, dataset.bars
    before, after, steps = training
    share = 100 * bars["kept"] / bars["seen"]
    rows = [
        ("MIDI files", f"{files['read']:,} read, {files['unparsable']:,} unparsable"),
        (
            "measures",
            f"{bars['seen']:,} read, {bars['kept']:,} kept ({share:.1f} %), "
            f"{dataset.measures:,} distinct",
        ),
    ]
    for reason, count in sorted(dataset.rejected.items(), key=lambda item: -item[1]):
        rows.append(("  rejected", f"{count:,} {reason.replace('_', ' ')}"))
    held_out = "held-out" if split == "validation" else "training (too few songs to hold some out)"
    rows += [
        ("training", f"{steps:,} steps; --steps={steps} instead of --minutes can be repeated"),
        (
            "bits per measure",
            f"{before.bits_per_measure:.0f} before training, {after.bits_per_measure:.0f} after "
            f"({after.measures:,} {held_out} measures)",
        ),
        ("token accuracy", f"{before.accuracy:.3f} before, {after.accuracy:.3f} after"),
        (
            "note time in chord",
            f"{100 * consonance[0]:.0f} % generated, {100 * consonance[1]:.0f} % corpus",
        ),
        (
            "seconds",
            ", ".join(f"{name} {value:.0f}" for name, value in seconds.items())
            + f"; {sum(seconds.values()):.0f} in all",
        ),
    ]
    places = [
        ("dataset", output / "data"),
        ("model", output / "run"),
        ("SavedModel", output / "savedmodel"),
        ("magenta.js", output / "magentajs"),
    ]
    rows += [(name, str(path)) for name, path in places]
    for who, paths in made.items():
        rows += [(who if index == 0 else "", str(path)) for index, path in enumerate(paths)]
    return "\n".join(f"{name:<20}{printable(text)}" for name, text in rows)


@dataclasses.dataclass(frozen=True)
class DemoArguments(Arguments):
    """The flags of `demo`."""

    midi: str | None = flag(
        None,
        "Folder, glob, .zip or .tar.* of MIDI files. Without it, the built-in arranger writes "
        "songs.",
    )
    output: str = flag("demo", "Folder for the dataset, the model, the exports and the music.")
    minutes: float = flag(
        MINUTES,
        "Time limit for the whole demo, for up to a few thousand MIDI files on two cores. Training "
        "takes the time that the other stages leave, at least a quarter.",
    )
    steps: int | None = flag(
        None,
        "Number of training steps, instead of --minutes. The same seed then gives the same model.",
    )
    seed: int = flag(0, "Seed of songs, training and music.")
    force: bool = flag(False, "Replace an earlier demo in that folder.")


def _run(args: DemoArguments) -> None:
    if "minutes" in args.given and args.steps is not None:
        raise UsageError("--minutes and --steps both set the length of the demo; leave one out.")
    steps = TRAINING.steps if args.steps is None else args.steps
    dataclasses.replace(TRAINING, minutes=args.minutes, steps=steps)  # raises UsageError
    table = run_demo(
        user_path(args.output),
        args.midi or None,
        minutes=args.minutes,
        steps=args.steps,
        seed=args.seed,
        force=args.force,
    )
    print(f"\n{table}")


COMMAND = Command(
    name="demo",
    summary=(
        "The whole chain, in four minutes: the bundled model plays, learns from MIDI files, and\n"
        "plays music in their style. Dataset, model, exports and music are left in a folder."
    ),
    example="gm-vae demo\ngm-vae demo --minutes=10 --midi=~/my-midi-files.zip --output=mine",
    arguments=DemoArguments,
    run=_run,
)
