"""The whole chain in one go: MIDI -> measures -> model -> exports -> new music -> a short table."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from absl import flags

from gm_vae.command import Command
from gm_vae.errors import Interrupted, UsageError, UserError
from gm_vae.files import user_path
from gm_vae.training.config import TrainConfig

if TYPE_CHECKING:
    from gm_vae.data.dataset import Dataset
    from gm_vae.generate.gmvae import GMVAE
    from gm_vae.training.evaluation import Evaluation

PROGRESSION = "C G Bb F Ab Eb D G"
INTERPOLATION = "Dm F Am G"
TRAINING = TrainConfig(
    steps=2800,
    batch_size=32,
    learning_rate=1e-2,
    min_learning_rate=1e-4,
    schedule="exponential",
    learning_rate_decay=0.9991,
    max_beta=0.3,
    free_bits=40.0,
    transpose=3,
    save_every=700,
)

_MARK = "demo.json"  # says that a folder is ours to replace
_PARTS = ("midi", "data", "run", "savedmodel", "magentajs", "music")
_SCORED = 2048  # held-out measures, before and after
_JUDGED = 256  # measures generated to see how they keep to their chords


@dataclasses.dataclass
class Stages:
    """Says what begins, and keeps how many seconds it took."""

    seconds: dict[str, float] = dataclasses.field(default_factory=dict)

    @contextlib.contextmanager
    def __call__(self, name: str, text: str) -> Iterator[None]:
        print(f"[{name}] {text}", flush=True)
        start = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - start


def run_demo(
    output: pathlib.Path, midi: str | None, config: TrainConfig, seed: int, force: bool
) -> str:
    """Do everything in the folder `output` and return the closing table."""
    from gm_vae.generate.loading import load
    from gm_vae.pipelines.midi_to_measures import preprocess

    _clear(output, force)
    stages = Stages()
    if midi is None:
        from gm_vae.music import arranger

        midi = str(output / "midi")
        with stages("corpus", "writing songs of our own arranger"):
            arranger.write_corpus(midi, seed=seed)
    with stages("preprocess", f"MIDI to measures: {midi}"):
        dataset = preprocess(midi, output / "data")
    if dataset.splits["train"].measures < config.batch_size:
        raise UserError(
            f"{midi} gave {dataset.splits['train'].measures} measures to train on, fewer than a "
            f"batch of {config.batch_size}; give more MIDI files."
        )
    split = "test" if dataset.splits["test"].measures else "train"
    with stages("train", f"a tiny model on {dataset.split('train').measures:,} measures"):
        before = _train(output, dataset, split, config)
    model = load(output / "run")
    with stages("evaluate", f"{split} measures"):
        after = _evaluate(model, dataset, split)
    with stages("export", "SavedModel and magenta.js"):
        _export(output)
    with stages("generate", f"one z over {PROGRESSION}; two z over {INTERPOLATION}"):
        made = {
            "its music": _make_music(model, output / "music/own", seed),
            "the bundled one's": _make_music(load(), output / "music/bundled", seed),
        }
        consonance = _consonance(model, dataset, split, seed)
    table = _table(output, dataset, split, before, after, consonance, stages.seconds, made)
    (output / "report.txt").write_text(table + "\n", encoding="utf-8")
    return table


def _clear(output: pathlib.Path, force: bool) -> None:
    """An empty folder with our mark; never touches a folder without it."""
    try:
        if output.is_dir() and any(output.iterdir()):
            if not (output / _MARK).is_file():
                raise UsageError(f"{output} is no demo of ours; choose another --output.")
            if not force:
                raise UsageError(f"{output} holds a demo; add --force, or choose another --output.")
            for part in _PARTS:
                shutil.rmtree(output / part, ignore_errors=True)
        output.mkdir(parents=True, exist_ok=True)
        (output / _MARK).write_text(json.dumps({"made_by": "gm-vae demo"}) + "\n")
    except OSError as error:
        raise UserError(
            f"cannot write to {output} ({error.strerror}); choose another --output."
        ) from None


def _train(output: pathlib.Path, dataset: Dataset, split: str, config: TrainConfig) -> Evaluation:
    import keras

    from gm_vae.generate.gmvae import GMVAE
    from gm_vae.model.config import preset
    from gm_vae.model.vae import HierarchicalVAE
    from gm_vae.training.run import train

    model = dataclasses.replace(preset("tiny"), fmt=dataset.fmt)
    keras.utils.set_random_seed(config.seed)
    before = _evaluate(GMVAE(HierarchicalVAE(model)), dataset, split)
    try:
        train(output / "run", dataset.directory, model, config)
    except Interrupted:  # the run could go on, a demo does not
        raise UserError(
            "stopped while the model trained; with --force a demo begins anew."
        ) from None
    return before


def _evaluate(model: GMVAE, dataset: Dataset, split: str) -> Evaluation:
    from gm_vae.training.evaluation import evaluate

    return evaluate(model.network, dataset.directory, split, limit=_SCORED)


def _export(output: pathlib.Path) -> None:
    from gm_vae.export.magentajs import export_magentajs
    from gm_vae.export.saved_model import export_saved_model
    from gm_vae.model.checkpoint import read_checkpoint

    checkpoint = read_checkpoint(output / "run")
    export_saved_model(checkpoint, output / "savedmodel")
    export_magentajs(checkpoint, output / "magentajs")


def _make_music(model: GMVAE, folder: pathlib.Path, seed: int) -> list[pathlib.Path]:
    from gm_vae.generate.midi_writer import write_midi
    from gm_vae.generate.operations import morph, progression
    from gm_vae.generate.piano_roll import draw_piano_roll

    points = model.sample_points(3, seed)
    chords, loop = PROGRESSION.split(), INTERPOLATION.split()
    arrangement = progression(model, points[0], chords, seed=seed)
    interpolation = morph(model, points[1], points[2], loop, 4 * len(loop), seed=seed)
    made = []
    for name, measures, title in (
        ("progression", arrangement, f"One style over {PROGRESSION}"),
        ("interpolation", interpolation, f"From one style to another over {INTERPOLATION}"),
    ):
        write_midi(measures, folder / f"{name}.mid", title=title)
        draw_piano_roll(measures, folder / f"{name}.png", title=title)
        made += [folder / f"{name}.mid", folder / f"{name}.png"]
    return made


def _consonance(model: GMVAE, dataset: Dataset, split: str, seed: int) -> tuple[float, float]:
    """Share of note time inside the chord: of generated measures, and of as many real ones."""
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
    before: Evaluation,
    after: Evaluation,
    consonance: tuple[float, float],
    seconds: dict[str, float],
    made: Mapping[str, Sequence[pathlib.Path]],
) -> str:
    files, bars = dataset.files, dataset.bars
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
    held_out = "held-out" if split == "test" else "training (too few songs to hold some out)"
    rows += [
        (
            "bits a measure",
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
    return "\n".join(f"{name:<20}{text}" for name, text in rows)


def _define(values: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "midi",
        None,
        "Folder, glob, .zip or .tar.* of MIDI files; songs of our own arranger if left out.",
        flag_values=values,
    )
    flags.DEFINE_string("output", "demo", "Folder for all that is made.", flag_values=values)
    flags.DEFINE_integer("steps", TRAINING.steps, "Training steps.", flag_values=values)
    flags.DEFINE_integer("seed", 0, "Of songs, training and music.", flag_values=values)
    flags.DEFINE_bool("force", False, "Replace an earlier demo there.", flag_values=values)


def _run(values: flags.FlagValues, positional: Sequence[str]) -> None:
    config = dataclasses.replace(TRAINING, steps=values.steps, seed=values.seed)
    output = user_path(values.output)
    table = run_demo(output, values.midi or None, config, values.seed, values.force)
    print(f"\n{table}")


COMMAND = Command(
    name="demo",
    summary="MIDI files to new music: corpus, dataset, training, evaluation, exports, two pieces.",
    example="gm-vae demo\ngm-vae demo --midi=~/my-midi-files.zip --output=mine",
    define_flags=_define,
    run=_run,
)
