"""Other formats from MIDI files to music: every step keeps the format.

One small corpus, dataset, run and model per format; combinations that do not fit are reported in
one sentence.
"""

import dataclasses
import functools
import json

import numpy as np
import pytest
from midi_builder import meter, midi, note, program
from near_ties import assert_same_choices

import gm_vae
from gm_vae.checkpoints.magentajs import export_magentajs, from_external, read_magentajs
from gm_vae.cli import main
from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import UserError
from gm_vae.evaluation.scores import evaluate
from gm_vae.generate.midi_writer import write_midi
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_midi, measures_from_score
from gm_vae.music.midi_file import parse_midi
from gm_vae.music.vocabulary import DRUMS
from gm_vae.pipelines.midi_to_measures import preprocess
from gm_vae.training.run import train

FORMATS = {
    "3/4": MeasureFormat(3, 4, chords_per_measure=3),
    "6/8": MeasureFormat(6, 8, min_pitch=50, max_pitch=72),
    "2/4 alone": MeasureFormat(
        2, 4, 12, max_tracks=1, max_instruments=1, min_instruments=1, min_events=1, velocity_bins=4
    ),
    "long": MeasureFormat(max_tracks=12, max_instruments=12, max_track_length=300),
}
BARS = 10
CONFIG = TrainConfig(steps=3, batch_size=8, learning_rate=1e-2, transpose=3)


def song(fmt, seed):
    """Random eighth notes in the meter of a format, with one bar in which none fits."""
    rng = np.random.default_rng(seed)
    bar = 96 * fmt.beats_per_bar // fmt.beat_unit  # ticks
    tracks = []
    for index in range(fmt.max_instruments):
        channel = 9 if index == 1 else index if index < 9 else index + 1
        events = program(8 * index, channel)
        for start in range(0, BARS * bar, 12):
            # one track plays twelve notes at once where a track may be that long
            count = 12 if index == 0 and fmt.max_track_length > 255 else 1
            for pitch in rng.choice(np.arange(52, 71), count, replace=False).tolist():
                end = min(start + int(rng.choice([6, 12, 24])), BARS * bar)
                events += note(start, end, pitch, int(rng.choice([40, 100])), channel)
        tracks.append(events)
    tracks[0] += note(3 * bar, 4 * bar, 20)  # below the range of one format
    return midi(meter(fmt.beats_per_bar, fmt.beat_unit), *tracks)


@dataclasses.dataclass
class Chain:
    fmt: MeasureFormat
    songs: list
    data: object
    run: object
    model: object


@pytest.fixture(scope="module")
def chains(tmp_path_factory):
    """Function from the name of a format to everything made in it."""

    @functools.cache
    def make(name):
        fmt = FORMATS[name]
        folder = tmp_path_factory.mktemp("chain")
        songs = [song(fmt, seed) for seed in range(4)]
        (folder / "midi").mkdir()
        for number, data in enumerate([*songs, song(MeasureFormat(5, 4), 9)]):
            (folder / "midi" / f"{number}.mid").write_bytes(data)
        preprocess(
            folder / "midi", folder / "data", fmt, validation_percent=0, test_percent=25, workers=1
        )
        model = ModelConfig(8, (8,), 4, fmt=fmt)
        train(folder / "run", folder / "data", model, CONFIG, say=lambda line: None)
        return Chain(fmt, songs, folder / "data", folder / "run", gm_vae.load(folder / "run"))

    return make


@pytest.fixture(
    params=[pytest.param(name, marks=() if name == "6/8" else pytest.mark.slow) for name in FORMATS]
)
def chain(chains, request):
    return chains(request.param)


def test_the_dataset_holds_the_measures_of_the_format(chain):
    fmt = chain.fmt
    values = json.loads((chain.data / "dataset.json").read_text())
    assert values["format"] == dataclasses.asdict(fmt)
    expected = {m for data in chain.songs for m in measures_from_midi(data, fmt)[0]}
    measures = {
        measure
        for split in ("train", "test")
        for measure in dataset_lib.read_measures(chain.data, split)
    }
    assert measures == expected
    assert len(measures) >= 4 * (BARS - 1)
    assert values["rejected"]["wrong_meter"] == BARS
    assert values["rejected"].get("pitch_out_of_range", 0) == 4 * (fmt.min_pitch > 20)
    longest = max(int(measure.lengths.max()) for measure in measures)
    assert (longest > 255) == (fmt.max_track_length > 255)
    assert {len(measure.programs) for measure in measures} == {fmt.max_instruments}


def test_run_and_checkpoint_carry_the_format(chain):
    expected = dataclasses.asdict(chain.fmt)
    for path in ("run.json", "checkpoint/gm_vae.json"):
        assert json.loads((chain.run / path).read_text())["model"]["fmt"] == expected
    assert chain.model.format == chain.fmt
    args = json.loads((chain.run / "checkpoint/config.json").read_text())["dataConverter"]["args"]
    bar = chain.fmt.steps_per_quarter * 4 * chain.fmt.beats_per_bar // chain.fmt.beat_unit
    assert args["totalSteps"] == bar == chain.fmt.steps_per_measure
    assert args["numSegments"] == chain.fmt.max_tracks


def test_decoded_measures_become_midi_and_come_back(chain, tmp_path):
    fmt, model = chain.fmt, chain.model
    z = model.sample_points(24, seed=1)
    measures = model.decode(z, "C|G", temperature=1.0, seed=2)
    assert model.encode(measures)[0].shape == (24, 4)
    for measure in measures:
        assert measure.fmt == fmt
        notes = measure.notes()
        pitches = notes["pitch"][notes["program"] != DRUMS]
        assert ((pitches >= fmt.min_pitch) & (pitches <= fmt.max_pitch)).all()
        assert notes["end_step"].max(initial=0) <= fmt.steps_per_measure
    write_midi(measures, tmp_path / "out.mid")
    score = parse_midi((tmp_path / "out.mid").read_bytes())
    assert score.time_signatures == ((0, fmt.beats_per_bar, fmt.beat_unit),)
    anything = dataclasses.replace(fmt, min_instruments=1, min_events=1)
    bars = measures_from_score(score, anything)
    sounding = [measure for measure in measures if len(measure.notes())]
    assert len(sounding) > 12
    for bar, measure in zip(bars, measures):
        if bar.measure:
            np.testing.assert_array_equal(bar.measure.tokens, measure.tokens)
            np.testing.assert_array_equal(bar.measure.lengths, measure.lengths)
        else:
            assert (bar.reason.name, len(measure.notes())) == ("EMPTY", 0)
    assert Arrangement.from_measures(measures).total_steps == 24 * fmt.steps_per_measure


def test_exports_have_the_shapes_of_the_format(chain, tmp_path):
    import tensorflow as tf

    from gm_vae.export.saved_model import export_saved_model

    fmt, model = chain.fmt, chain.model
    z = model.sample_points(3, seed=0)
    export_saved_model(
        from_external(model.network.published_weights(), fmt, "test"), tmp_path / "served"
    )
    served = tf.saved_model.load(str(tmp_path / "served"))
    chords = np.ones((3, fmt.chords_per_measure), np.int32)
    decoded = served.signatures["decode"](
        z=tf.constant(z),
        chords=tf.constant(chords),
        temperature=tf.constant(0.7),
        seed=tf.constant(5),
    )
    assert decoded["tokens"].shape == (3, fmt.max_tracks, fmt.max_track_length)
    arguments = z, chords, 0.7, 5, np.arange(3)
    defaults = {"repeat_penalty": 1.0, "drum_temperature": 0.595}
    expected, _ = model.numpy.decode(*arguments, **defaults)
    weights = model.numpy.published_weights()
    assert_same_choices(decoded["tokens"], expected, model.config, weights, *arguments, **defaults)
    encoded = served.signatures["encode"](chords=tf.constant(chords), **decoded)
    assert encoded["mu"].shape == (3, 4)
    metadata = json.loads((tmp_path / "served/assets.extra/gm_vae.json").read_text())
    assert ModelConfig.from_dict(metadata["model"]).fmt == fmt

    export_magentajs(from_external(model.network.published_weights(), fmt, "test"), tmp_path / "js")
    assert read_magentajs(tmp_path / "js")[1].fmt == fmt


def sentence(capsys, *argv):
    """The message of the command line for a mistake."""
    assert main([str(argument) for argument in argv]) == 2
    stderr = capsys.readouterr().err
    assert stderr.count("\n") == 1
    return stderr


@pytest.mark.slow
def test_formats_do_not_mix(chains, capsys, tmp_path):
    waltz, jig, long = chains("3/4"), chains("6/8"), chains("long")
    differing = (
        r"beats_per_bar 3 against 6; beat_unit 4 against 8; chords_per_measure 3 against 2; "
    )
    differing += "min_pitch 0 against 50; max_pitch 127 against 72"

    train_flags = [f"--{k}={v}" for k, v in CONFIG.to_dict().items() if v is not None]
    train_flags += ["--encoder_units=8", "--decoder_units=8", "--latent_size=4"]
    refusal = sentence(
        capsys,
        "train",
        f"--data={jig.data}",
        f"--output={waltz.run}",
        "--preset=tiny",
        *train_flags,
    )
    assert f"measure format: {differing}" in refusal
    assert str(waltz.run) in refusal
    refusal = sentence(capsys, "evaluate", f"--model={jig.run}", f"--data={waltz.data}")
    assert differing in refusal
    assert f"the dataset {waltz.data} and the model" in refusal
    with pytest.raises(UserError, match=differing):
        evaluate(jig.model.network, waltz.data, "test")

    midi_path = tmp_path / "jig.mid"
    midi_path.write_bytes(jig.songs[0])
    capsys.readouterr()
    command = ["generate", f"--model={waltz.run}", f"--midi={midi_path}", "--chords=C"]
    assert main([*command, f"--output={tmp_path / 'out.mid'}"]) == 1
    refusal = capsys.readouterr().err
    assert f"none of the 10 bars of {midi_path} fits the model" in refusal
    assert f"gm-vae explain {midi_path} --beats_per_bar=3 --chords_per_measure=3 shows" in refusal

    measures = list(dataset_lib.read_measures(waltz.data, "test"))
    for model in (jig.model, long.model):
        with pytest.raises(UserError, match=r"the model and a measure to encode.*beats_per_bar"):
            model.encode(measures)
    both = [measures[0], *dataset_lib.read_measures(jig.data, "test")]
    with pytest.raises(UserError, match=rf"Measure 1 and measure 2.*{differing}"):
        write_midi(both, tmp_path / "both.mid")
    # 466 tokens are not 490; and 490 of another length are told by shape
    with pytest.raises(UserError, match="466 tokens and the measure format has 490"):
        export_magentajs(
            from_external(waltz.model.network.published_weights(), long.fmt, "test"),
            tmp_path / "js",
        )
    assert not list(tmp_path.glob("*/"))


@pytest.mark.slow
def test_a_run_without_a_range_of_pitches_is_resumed(chains, tmp_path):
    """run.json and the checkpoint of an older version lack later fields."""
    waltz = chains("3/4")
    folder = waltz.run
    for path in (folder / "run.json", folder / "checkpoint/gm_vae.json"):
        values = json.loads(path.read_text())
        for name in ("min_pitch", "max_pitch"):
            del values["model"]["fmt"][name]
        if "checkpoint_version" in values:
            values["checkpoint_version"] = 1
            del values["sha256"]
        path.write_text(json.dumps(values))
    assert gm_vae.load(folder).format == waltz.fmt
    lines = []
    train(folder, waltz.data, waltz.model.config, CONFIG, say=lines.append)
    assert "has done its 3 steps" in lines[0]
