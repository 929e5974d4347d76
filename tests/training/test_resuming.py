"""Runs that are killed, stopped or fail: they lose nothing and report it."""

import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import killed_runs
import numpy as np
import pytest
from closeness import NETWORK, assert_close
from killed_runs import CONFIG, MODEL
from run_losses import run_losses

import gm_vae
from gm_vae.backends.tensorflow import trainer as tensorflow_engine
from gm_vae.data import shards
from gm_vae.data.dataset import read_measures
from gm_vae.errors import Interrupted, UserError
from gm_vae.training import run as run_lib
from gm_vae.training import validator
from gm_vae.training.state import RunState

RUN = dataclasses.replace(CONFIG, steps=8)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def heeds_ctrl_c():
    """Also if the tests run in the background, where SIGINT is ignored at first."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def train(folder, data, config=RUN, say=lambda line: None):
    return run_lib.train(folder, data, MODEL, config, say=say)


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def straight(songs_dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("straight") / "run"
    train(folder, songs_dataset)
    return folder


@pytest.fixture
def at_step(monkeypatch):
    """A function (step of the call, action) -> from now on `train` does it before that step."""

    def plan(number, action):
        make_step = tensorflow_engine.make_step

        def planned(*args, **kwargs):
            step, calls = make_step(*args, **kwargs), iter(range(1, 1_000_000))

            def call(batch):
                if next(calls) == number:
                    action()
                return step(batch)

            return call

        monkeypatch.setattr(tensorflow_engine, "make_step", planned)

    yield plan
    monkeypatch.undo()


def assert_equal_runs(actual, expected):
    """Losses, states and models of two runs are equal bit for bit."""
    losses = run_losses(expected)
    assert sorted(losses) == list(range(1, RUN.steps + 1))
    assert run_losses(actual) == losses
    assert files(actual / "state") == files(expected / "state")
    weights = gm_vae.load(expected).network.published_weights()
    for name, value in gm_vae.load(actual).network.published_weights().items():
        np.testing.assert_array_equal(value, weights[name], err_msg=name)


def test_killed_runs_end_as_one_that_was_not(straight, songs_dataset, tmp_path):
    def lives(folder, *deaths):
        command = [sys.executable, killed_runs.__file__, songs_dataset, folder, "8", *deaths]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    folder = tmp_path / "killed"
    lives(folder, "rename:step-00000003.npz")
    assert list(folder.glob("state/.step*"))
    lives(folder, "write:config.json")  # the state is there, the model is being written
    assert not (folder / "checkpoint").exists()
    lives(folder, "step:2", "rename:checkpoint")  # the model before has been moved away
    assert not (folder / "checkpoint").exists()
    assert list(folder.glob(".checkpoint.*"))
    lives(folder, "none")
    assert_equal_runs(folder, straight)
    assert sorted(os.listdir(folder)) == ["checkpoint", "logs", "run.json", "state"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_the_step_in_work(straight, songs_dataset, tmp_path, at_step, number):
    at_step(5, lambda: os.kill(os.getpid(), number))
    before = signal.getsignal(number)
    with pytest.raises(Interrupted, match="step 5 is saved") as caught:
        train(tmp_path / "run", songs_dataset)
    assert caught.value.exit_code == 75
    assert signal.getsignal(number) == before
    assert RunState(tmp_path / "run/state", {}).steps() == [3, 5]
    assert gm_vae.load(tmp_path / "run").training["steps"] == 5
    result = train(tmp_path / "run", songs_dataset)
    assert (result.first_step, result.steps) == (5, 8)
    assert run_losses(tmp_path / "run") == run_losses(straight)


def test_a_second_ctrl_c_does_not_wait(songs_dataset, tmp_path, at_step):
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    at_step(5, twice)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "run", songs_dataset)
    assert RunState(tmp_path / "run/state", {}).steps() == [3]


def test_a_signal_while_scoring_stops_at_once(songs_dataset, tmp_path, monkeypatch):
    make_score, calls = validator.make_score, []

    def stopping(network):
        score = make_score(network)

        def call(*args, **kwargs):
            calls.append(1)
            os.kill(os.getpid(), signal.SIGTERM)
            return score(*args, **kwargs)

        return call

    monkeypatch.setattr(validator, "make_score", stopping)
    with pytest.raises(Interrupted, match="nothing is saved yet; the same command starts from"):
        train(tmp_path / "run", songs_dataset)
    assert len(calls) == 1


def test_the_command_line_ends_with_75(songs_dataset, tmp_path, at_step, capsys):
    from gm_vae.training.commands import TRAIN

    at_step(2, lambda: os.kill(os.getpid(), signal.SIGTERM))
    command = [
        f"--data={songs_dataset}", f"--output={tmp_path / 'run'}", "--encoder_units=16",
        "--decoder_units=16,16", "--latent_size=8", "--batch_size=16",
    ]  # fmt: skip
    assert TRAIN.main(command) == 75
    assert "the same command resumes" in capsys.readouterr().err
    assert "exit code 75" in TRAIN.help()


def test_a_damaged_state_costs_only_steps(straight, songs_dataset, tmp_path):
    shutil.copytree(straight, tmp_path / "run")
    newest = tmp_path / "run/state/step-00000008.npz"
    newest.write_bytes(newest.read_bytes()[:1000])
    train(tmp_path / "run", songs_dataset, dataclasses.replace(RUN, steps=6))
    assert gm_vae.load(tmp_path / "run").training["steps"] == 8  # a later model is not replaced
    lines = []
    result = train(tmp_path / "run", songs_dataset, say=lines.append)
    assert result.first_step == 6
    assert f"{newest} is damaged" in lines[0]
    assert files(tmp_path / "run/state") == files(straight / "state")
    for path in (tmp_path / "run/state").iterdir():
        path.write_bytes(b"")
    with pytest.raises(UserError, match="choose another --output"):
        train(tmp_path / "run", songs_dataset)
    shutil.rmtree(tmp_path / "run/state")
    with pytest.raises(UserError, match="model of step 8 but no state"):
        train(tmp_path / "run", songs_dataset)
    assert gm_vae.load(tmp_path / "run").training["steps"] == 8


def test_a_nan_loss_names_its_step(songs_dataset, tmp_path, monkeypatch):
    def broken(network, *args):
        step, calls = make_step(network, *args), iter(range(1, 100))

        def call(batch):
            if next(calls) == 5:  # as a step that went too far would leave it
                network.track_decoder.output_projection.bias.assign(np.full(490, np.nan))
            return step(batch)

        return call

    make_step = tensorflow_engine.make_step
    monkeypatch.setattr(tensorflow_engine, "make_step", broken)
    config = dataclasses.replace(RUN, log_every=4)
    with pytest.raises(UserError, match=r"the loss is nan at step 5; step 3 is saved"):
        train(tmp_path / "run", songs_dataset, config)
    assert RunState(tmp_path / "run/state", {}).steps() == [3]
    for value in gm_vae.load(tmp_path / "run").network.published_weights().values():
        assert np.isfinite(value).all()


def test_data_that_vanishes_costs_nothing(songs_dataset, tmp_path, at_step):
    data = tmp_path / "data"
    shutil.copytree(songs_dataset, data)
    (shard,) = data.glob("train-*")
    at_step(2, lambda: shard.rename(tmp_path / shard.name))
    # what was read stays in memory: it is missed when the points are whitened after the last step
    config = dataclasses.replace(CONFIG, steps=6, save_every=1000)
    with pytest.raises(UserError, match=r"can no longer be read.*step (\d+) is saved") as caught:
        train(tmp_path / "run", data, config)
    assert "\n" not in str(caught.value)
    (step,) = RunState(tmp_path / "run/state", {}).steps()
    assert f"step {step} is saved" in str(caught.value)
    with pytest.raises(UserError, match="is missing"):
        train(tmp_path / "run", data, config)
    (tmp_path / shard.name).rename(shard)
    config = dataclasses.replace(config, steps=step + 2)
    with pytest.raises(UserError, match=f"can no longer be read.*step {step + 2} is saved"):
        train(tmp_path / "run", data, config)
    (tmp_path / shard.name).rename(shard)
    assert train(tmp_path / "run", data, config).first_step == step + 2
    model = gm_vae.load(tmp_path / "run")
    assert model.training["steps"] == step + 2
    mu, _ = model.encode(list(read_measures(data, "train")))
    assert_close(mu.mean(0), 0, NETWORK, size=np.abs(mu).max())


@pytest.mark.parametrize("data", [b"", shards.compress(shards.frame(b"\x0a\xff\xff"))])
def test_data_that_changes_after_the_check_is_one_sentence(
    songs_dataset, tmp_path, monkeypatch, data
):
    shutil.copytree(songs_dataset, tmp_path / "data")
    (shard,) = tmp_path.glob("data/train-*")
    monkeypatch.setattr(shards, "verify", lambda path, expected: shard.write_bytes(data))
    config = dataclasses.replace(CONFIG, steps=3)
    with pytest.raises(UserError, match="can no longer be read") as caught:
        train(tmp_path / "run", tmp_path / "data", config)
    assert "\n" not in str(caught.value)
    assert "user-defined function" not in str(caught.value)


def test_a_disk_that_fills_up_costs_only_steps(straight, songs_dataset, tmp_path, monkeypatch):
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    real = RunState.save

    def save(self, step):
        if step == 6:
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
        try:
            real(self, step)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    monkeypatch.setattr(RunState, "save", save)
    with pytest.raises(UserError, match=r"cannot write to .* step 3 is saved .*free some space"):
        train(tmp_path / "run", songs_dataset)
    monkeypatch.undo()
    assert train(tmp_path / "run", songs_dataset).first_step == 3
    assert files(tmp_path / "run/state") == files(straight / "state")


def test_a_folder_that_cannot_be_written_is_one_sentence(songs_dataset, tmp_path):
    folder = tmp_path / "run"
    train(folder, songs_dataset, dataclasses.replace(RUN, steps=3))
    shutil.rmtree(folder / "logs")
    (folder / "logs").write_text("")  # root writes past permissions, but not through a file
    with pytest.raises(UserError, match=r"cannot write to .* step 3 is saved"):
        train(folder, songs_dataset)
    if os.geteuid():
        pathlib.Path(folder).chmod(0o500)
        with pytest.raises(UserError, match="cannot write to"):
            train(folder, songs_dataset)
        pathlib.Path(folder).chmod(0o700)


def test_too_few_measures_for_a_batch_are_one_sentence(songs_dataset, tmp_path):
    config = dataclasses.replace(RUN, batch_size=100_000)
    with pytest.raises(UserError, match="fewer than a batch of 100000; choose a smaller batch"):
        train(tmp_path / "run", songs_dataset, config)
