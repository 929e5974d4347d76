"""The command line as a user types it: verbs, help, exit codes, one sentence per error."""

import fcntl
import functools
import importlib
import io
import os
import re
import struct
import subprocess
import sys
import termios

import pytest
from absl import flags
from patience import PATIENCE_SECONDS

import gm_vae
from gm_vae import progress as progress_lib
from gm_vae.cli import VERBS, main
from gm_vae.command import Command
from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import Interrupted, UsageError, UserError
from gm_vae.flags import Arguments, attribute_help, define
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.model.vae import HierarchicalVAE
from gm_vae.music.measures import measures_from_midi
from gm_vae.progress import Progress, duration


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    GMVAE(HierarchicalVAE(ModelConfig(16, (16, 16), 8))).save(folder)
    return str(folder)


def run(capsys, *argv):
    code = main(argv)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(capsys, verb):
    code, out, _ = run(capsys, verb, "--help")
    assert code == 0
    assert f"gm-vae {verb}" in out.partition("example:")[2]
    assert "flags:" in out


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "doctor"])
def test_help_lists_every_flag_once_and_required_ones_first(capsys, verb):
    _, out, _ = run(capsys, verb, "--help")
    listed = re.findall(r"^  --(\w+)$", out, re.MULTILINE)
    command = getattr(importlib.import_module(VERBS[verb].module), VERBS[verb].name)
    assert sorted(listed) == sorted(define(command.arguments))
    usage = re.search(r"usage: gm-vae (.*)", out)[1]
    required = re.findall(r"--(\w+)=\.\.\.", usage)
    assert listed[: len(required)] == required
    assert ("required flags:" in out) == bool(required)
    for name in required:
        code, _, err = run(capsys, verb, *(f"--{other}=x" for other in required if other != name))
        assert code == 2
        assert f"--{name} is missing" in err or "=x" in err


def test_importing_the_package_imports_neither_tensorflow_nor_beam():
    code = (
        "import sys, gm_vae, gm_vae.cli; gm_vae.MeasureFormat(); gm_vae.measures_from_midi;"
        "bad = {'tensorflow', 'apache_beam', 'keras', 'note_seq'} & set(sys.modules);"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE_SECONDS)


def test_public_names_exist():
    for name in gm_vae.__all__:
        assert getattr(gm_vae, name) is not None
    with pytest.raises(AttributeError):
        gm_vae.nonsense  # noqa: B018


def test_wrong_usage_ends_with_2_and_a_sentence(capsys, model_folder, tmp_path):
    out = str(tmp_path / "a.mid")
    for argv, words in (
        (("generat",), "Did you mean generate?"),
        (("train", "--dta=x"), "Did you mean: data"),
        (("train",), "--data is missing"),
        (("train", "--data=x", "--output=y", "--steps=many"), "steps"),
        (("train", f"--data={tmp_path}", "--output=y"), "not a dataset"),
        (("train", "x"), "is unexpected"),
        (("preprocess", f"--input={tmp_path}", f"--output={tmp_path / 'd'}"), "MIDI"),
        (("preprocess", "--input=/nowhere", f"--output={tmp_path / 'd'}"), "/nowhere"),
        (("generate", f"--model={model_folder}", "--chords=Xyz", f"--output={out}"), "'Xyz'"),
        (("generate", f"--model={model_folder}", "--chords=C", "--output=a.mp3"), ".mid"),
        (
            ("generate", f"--model={model_folder}", "--chords=C", "--midi=no.mid",
             f"--output={out}"),
            "--midi=no.mid",
        ),
        (("demo", f"--output={model_folder}", "--force"), "was not made by gm-vae demo"),
    ):  # fmt: skip
        code, _, err = run(capsys, *argv)
        assert code == 2, (argv, err)
        assert words in err, (argv, err)
        assert err.count("\n") == 1, err


def test_failures_end_with_1_and_a_sentence(capsys, tmp_path):
    path = tmp_path / "file"
    path.write_text("")
    for argv, words in (
        (("generate", "--model=/nowhere", "--chords=C", "--output=a.mid"), "no checkpoint"),
        (("arrange", f"--output={path}/songs"), str(path)),
    ):
        code, _, err = run(capsys, *argv)
        assert code in (1, 2), (argv, err)
        assert words in err, (argv, err)
        assert err.count("\n") == 1, err


def test_generate_and_interpolate_write_midi_and_pictures(capsys, model_folder, tmp_path):
    for verb, chords, bars in (("generate", "C G|Am F", 3), ("interpolate", "Dm F", 8)):
        path = tmp_path / f"{verb}.mid"
        argv = (verb, f"--model={model_folder}", f"--chords={chords}", f"--output={path}")
        code, out, err = run(capsys, *argv, "--seed=3")
        assert code == 0, err
        assert out.split() == [str(path), str(path.with_suffix(".png"))]
        _, rejected = measures_from_midi(path.read_bytes())
        kept, _ = measures_from_midi(path.read_bytes())
        assert len(kept) + sum(rejected.values()) == bars
        first = path.read_bytes()
        code, _, err = run(capsys, *argv, "--seed=3")
        assert code == 2
        assert "--force" in err
        assert run(capsys, *argv, "--seed=3", "--force")[0] == 0
        assert path.read_bytes() == first


def test_a_measure_of_ones_own_can_be_the_style(capsys, model_folder, tmp_path):
    from gm_vae import arranger

    song = next(iter(arranger.songs(1, seed=0)))
    (tmp_path / "song.mid").write_bytes(song.midi)
    argv = ("generate", f"--model={model_folder}", f"--midi={tmp_path / 'song.mid'}", "--chords=C")
    assert run(capsys, *argv, f"--output={tmp_path / 'a.mid'}", "--measure=3")[0] == 0
    code, _, err = run(capsys, *argv, f"--output={tmp_path / 'b.mid'}", "--measure=999")
    assert code == 2
    assert "--measure=999" in err


def test_export_and_import_give_the_model_back(capsys, model_folder, tmp_path):
    for argv in (
        ("export", f"--model={model_folder}", "--format=magentajs", "--quantize=none",
         f"--output={tmp_path / 'js'}"),
        ("import", f"--checkpoint={tmp_path / 'js'}", f"--output={tmp_path / 'ours'}"),
    ):  # fmt: skip
        code, _, err = run(capsys, *argv)
        assert code == 0, err
    before, after = gm_vae.load(model_folder), gm_vae.load(tmp_path / "ours")
    z = before.sample_points(2, seed=0)
    assert after.decode(z, "C", seed=0) == before.decode(z, "C", seed=0)


@pytest.mark.slow
def test_demo_runs_the_whole_chain(capsys, tmp_path, monkeypatch):
    from gm_vae import arranger

    few = functools.partial(arranger.write_corpus, count=12)
    monkeypatch.setattr(arranger, "write_corpus", few)
    out = tmp_path / "demo"
    code, text, err = run(capsys, "demo", f"--output={out}", "--steps=2")
    assert code == 0, err
    for path in (
        "data/dataset.json", "run/checkpoint/gm_vae.json", "savedmodel/saved_model.pb",
        "magentajs/weights_manifest.json", "music/own/progression.mid",
        "music/own/interpolation.png", "music/bundled/progression.mid",
        "music/bundled/interpolation.png", "report.txt",
    ):  # fmt: skip
        assert (out / path).stat().st_size > 0, path
    for word in ("bits per measure", "note time in chord", "seconds", "distinct", "rejected"):
        assert word in text
    before, after = re.search(r"([\d.]+) before training, ([\d.]+) after", text).groups()
    assert 150 < float(before) < 260  # what the bundled model takes; random weights take 1,000
    assert float(after) < float(before) + 5
    code, _, err = run(capsys, "demo", f"--output={out}", "--steps=2")
    assert code == 2
    assert "--force" in err


def test_a_demo_plays_before_tensorflow_is_imported(tmp_path):
    code = (
        "import sys; sys.modules.update(tensorflow=None, keras=None, apache_beam=None)\n"
        "import gm_vae.demo, gm_vae.cli, gm_vae.arranger\n"
        "def stop(*args, **kwargs): raise KeyboardInterrupt\n"
        "gm_vae.arranger.write_corpus = stop\n"
        f"gm_vae.cli.main(['demo', '--output={tmp_path / 'demo'}'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    heading, *paths = done.stdout.splitlines()[:5]
    assert re.fullmatch(r"\[listen\] the bundled model plays \(\d min \d+ s left\)", heading)
    for path, name in zip(
        paths, ("progression.mid", "progression.png", "interpolation.mid", "interpolation.png")
    ):
        assert path.strip() == str(tmp_path / "demo/music/bundled" / name)
        assert os.path.getsize(path.strip()) > 100


@pytest.mark.parametrize(
    ("minutes", "steps", "left", "listening", "expected"),
    [
        (8.0, None, 400.0, 10.0, (6.0, 1000)),  # exports and music take four times the first music
        (8.0, None, 400.0, 1.0, (385 / 60, 1000)),
        (8.0, None, 30.0, 1.0, (2.0, 1000)),  # a quarter of all in any case
        (None, 30, 0.0, 1.0, (None, 30)),
    ],
)
def test_a_demo_trains_for_the_time_that_is_left(
    minutes, steps, left, listening, expected, songs_dataset, tmp_path, monkeypatch
):
    from gm_vae import demo

    def train(folder, dataset_dir, model, config, start):
        assert model == start.config
        return config

    monkeypatch.setattr("gm_vae.training.run.train", train)
    monkeypatch.setattr(demo.Stages, "seconds_left", lambda self: left)
    stages = demo.Stages(minutes, seconds={"listen": listening})
    config = demo._train(tmp_path, dataset_lib.load(songs_dataset), stages, steps, seed=7)
    assert (config.minutes, config.steps) == expected
    assert config.seed == 7


def test_wrong_times_of_a_demo_are_one_sentence(capsys, tmp_path):
    for given, words in (
        (("--minutes=0",), "minutes is 0.0"),
        (("--minutes=nan",), "minutes is nan"),
        (("--steps=0",), "steps is 0"),
        (("--minutes=2", "--steps=3"), "leave one out"),
    ):
        code, _, err = run(capsys, "demo", f"--output={tmp_path / 'demo'}", *given)
        assert code == 2
        assert words in err
        assert err.count("\n") == 1
    assert not (tmp_path / "demo").exists()


@pytest.mark.slow
def test_a_stopped_demo_reports_how_to_start_again(capsys, tmp_path, monkeypatch):
    from gm_vae import arranger

    def stopped(*args, **kwargs):
        raise Interrupted("stopped; the same command resumes there.")

    arranger.write_corpus(tmp_path / "midi", count=3, seed=5)
    monkeypatch.setattr("gm_vae.training.run.train", stopped)
    argv = ("demo", f"--midi={tmp_path / 'midi'}", f"--output={tmp_path / 'demo'}")
    for command in (argv, (*argv, "--force")):
        code, _, err = run(capsys, *command)
        assert code == 1
        assert "with --force the demo starts again" in err
        assert "resumes" not in err


def test_commands_turn_errors_into_exit_codes(capsys):
    def fails(error):
        def work(args):
            raise error

        return Command("try", "Try.", "gm-vae try", Arguments, work).main([])

    assert fails(UserError("no luck.")) == 1
    assert fails(UsageError("wrong word.")) == 2
    assert fails(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.splitlines()[:2] == [
        "gm-vae try: no luck.",
        "gm-vae try: wrong word.",
    ]
    with pytest.raises(ZeroDivisionError):  # our own bugs keep their traceback
        fails(ZeroDivisionError())


def test_flags_are_explained_as_the_class_explains_its_fields():
    texts = attribute_help(TrainConfig)
    assert set(texts) == set(TrainConfig().to_dict())
    assert not {"steps", "batch_size"} & set(flags.FLAGS)  # flags stay local to their verb


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_shows_rate_and_time_left_on_a_terminal_only():
    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        with Progress(10, "step", stream=stream) as progress:
            progress.update(10, "loss 3")
    assert "10/10 steps" in terminal.getvalue()
    assert "loss 3" in terminal.getvalue()
    assert log.getvalue() == ""
    progress = Progress(100, "step", done=50, stream=log)
    progress.done = 60
    assert progress.line(5) == "60/100 steps  60 %  2/s  20 s left"
    progress.begin(60, "")
    progress.done = 70
    assert progress.line(5) == "70/100 steps  70 %  2/s  15 s left"
    assert [duration(s) for s in (42, 200, 18600)] == ["42 s", "3 min 20 s", "5 h 10 min"]


def test_progress_shows_the_time_left_before_anything_is_done(monkeypatch):
    monkeypatch.setattr(progress_lib, "_SECONDS_BETWEEN_TICKS", 1000)
    terminal, left = Terminal(), iter(range(90, 0, -1))
    with Progress(0, "step", stream=terminal, seconds_left=lambda: next(left)) as progress:
        progress.begin(3, "compiling")
        say = progress.above(lambda text: terminal.write(f"{text}\n"))
        say("step 3: 200 bits")
        progress.update(1, "190 bits")
    first, cleared, line, *_ = terminal.getvalue().split("\r")[1:]
    assert first == "3 steps  1 min 30 s left  compiling"
    assert cleared == " " * len(first)
    assert line == "step 3: 200 bits\n"
    again = terminal.getvalue().split("\n")[1]
    assert again.startswith("\r3 steps  1 min 29 s left  compiling")


def test_progress_is_never_wider_than_the_terminal():
    main_end, end = os.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with open(end, "w") as stream:
        Progress(10, "step", stream=stream).update(10, "x" * 100)
        written = os.read(main_end, 1000).decode()
    os.close(main_end)
    assert written.startswith("\r10/10 steps")
    assert len(written) == 60  # the last column stays free
