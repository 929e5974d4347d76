"""Runs that are bounded by time: their schedules fit it, they end in time, and they resume."""

import contextlib
import dataclasses
import functools
import os
import signal

import numpy as np
import pytest
from run_losses import run_losses

from gm_vae import cli
from gm_vae.backends.tensorflow import trainer as tensorflow_trainer
from gm_vae.checkpoints.load import read_model
from gm_vae.errors import Interrupted, UsageError
from gm_vae.flags import arguments, define
from gm_vae.model.config import ModelConfig
from gm_vae.model.objective import Decay, beta
from gm_vae.model.train_config import RECIPES, TrainConfig
from gm_vae.training import run as run_lib
from gm_vae.training.commands import TrainArguments
from gm_vae.training.limits import StepLimit, TimeLimit
from gm_vae.training.run import train
from gm_vae.training.state import RunState

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(
    steps=1000, minutes=0.5, batch_size=16, learning_rate=1e-2, warmup_steps=50, save_every=4,
    log_every=1,
)  # fmt: skip
COMPILING = 10.0  # seconds of the first step of a call, by the clock of these tests; others take 1


class Clock:
    """A clock that tests advance."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def drive(clock, config, seconds_a_step, seconds_of=None, first=1, limit=None):
    """(limit, positions on the schedules step by step) of a run with given durations."""
    limit = limit or TimeLimit(config, clock)
    seconds_of = seconds_of or {}

    def work(name):
        with limit.timed(name):
            clock.now += seconds_of.get(name, 0.0)

    limit.begin(limit.schedule_step)
    work("validate")
    places = []
    for step in range(first, 100_000):
        limit.agree(limit.wish(step, 1))
        places.append(limit.schedule_step)
        clock.now += COMPILING if step == first else seconds_a_step
        if limit.is_last(step) or step % config.save_every == 0:
            for name in ("save", "validate", "export"):
                work(name)
        if limit.is_last(step):
            break
    return limit, places


@pytest.mark.parametrize("minutes", [1.0, 7.0])
@pytest.mark.parametrize("seconds_a_step", [0.05, 0.3, 2.0])
@pytest.mark.parametrize(
    "seconds_of",
    [
        {},
        {"save": 0.5, "validate": 3.0, "export": 0.2},
        {"save": 2.0, "validate": 9.0, "export": 1.0},
    ],
)
def test_the_time_is_used_and_kept_to(minutes, seconds_a_step, seconds_of):
    config = dataclasses.replace(RECIPES["default"], minutes=minutes, save_every=50)
    clock = Clock()
    _, places = drive(clock, config, seconds_a_step, seconds_of)
    checkpoint = sum(seconds_of.values())
    assert 60 * minutes - checkpoint - 2 - 2 * seconds_a_step <= clock.now
    # the only save may be the last one, and is reckoned with as a second
    assert clock.now <= 60 * minutes + max(seconds_of.get("save", 0) - 1, 0) + 1e-6
    assert places[0] == places[1] == 0  # compiling does not count
    assert (np.diff(places) >= 0).all()
    # the last step of a run of N steps is at (N - 1) / N; this one may end a checkpoint earlier,
    # and has two thirds of its time at least for its steps
    rest = 1 - places[-1] / config.steps
    assert rest * 60 * minutes * 2 / 3 <= 2 * seconds_a_step + checkpoint + 1e-3


def test_a_machine_that_gets_slower_still_ends_in_time_at_the_least_rate():
    clock, limit = Clock(), None
    config = dataclasses.replace(RECIPES["default"], minutes=1.0)
    limit = TimeLimit(config, clock)
    limit.begin(0.0)
    for step in range(1, 10_000):
        limit.agree(limit.wish(step, 1))
        clock.now += 0.1 if clock.now < 30 else 0.6
        if limit.is_last(step):
            break
    assert 56 < clock.now <= 60
    assert limit.schedule_step > 0.97 * config.steps


def test_time_that_an_earlier_call_used_counts():
    config = dataclasses.replace(RECIPES["default"], minutes=2.0)
    clock = Clock()
    first = TimeLimit(config, clock)
    first.begin(0.0)
    for step in range(1, 40):
        first.agree(first.wish(step, 1))
        clock.now += COMPILING if step == 1 else 1.0
    first.keep()
    clock.now += 3600  # nothing ran
    again = TimeLimit(config, clock)
    again.variables["limit/seconds_used"].assign(first.variables["limit/seconds_used"])
    again.schedule_step = first.schedule_step
    assert again.begin(first.schedule_step) is False
    began = clock.now
    _, places = drive(clock, config, 1.0, first=40, limit=again)
    used = COMPILING + 38
    assert 120 - used - 4 <= clock.now - began <= 120 - used
    assert places[0] == first.schedule_step
    assert places[-1] > 0.95 * config.steps


def test_a_limit_by_steps_is_their_number():
    limit = StepLimit(dataclasses.replace(CONFIG, minutes=None, steps=3))
    assert [limit.is_last(step) for step in (1, 2, 3)] == [False, False, True]
    assert [limit.begin(float(done)) for done in (0, 2, 3)] == [False, False, True]
    assert limit.wish(1, 1) == []


@pytest.mark.parametrize("schedule", ["cosine", "exponential"])
def test_schedules_over_other_numbers_of_steps_are_the_same_curves(schedule):
    config = TrainConfig(
        steps=2000, minutes=3, schedule=schedule, learning_rate_decay=0.998, warmup_steps=200,
        beta_rate=0.999,
    )  # fmt: skip
    for steps in (500, 8000):
        other = config.over(steps)
        assert (other.steps, other.minutes) == (steps, None)
        for share in (0.05, 0.1, 0.3, 0.7, 1.0):
            step, other_step = share * config.steps, share * steps
            # a warm-up is at 1 / N at step 0; 4 % is a step of the shortest at the first share
            assert float(Decay(other)(other_step)) == pytest.approx(
                float(Decay(config)(step)), rel=0.04
            )
            assert float(beta(other, other_step)) == pytest.approx(
                float(beta(config, step)), rel=1e-3
            )


def test_flags_of_a_run_that_can_be_repeated_make_it():
    config = dataclasses.replace(
        RECIPES["finetune"], minutes=3.0, schedule="exponential", beta_rate=0.999
    )
    values = define(TrainArguments)
    values(["train", "--data=data", "--output=run", *config.flags_over(250).split()])
    base = dataclasses.replace(config, minutes=None)
    assert arguments(TrainArguments, values).training.over(base) == config.over(250)
    assert config.over(250).warmup_steps == 12
    assert dataclasses.replace(config, schedule="cosine", beta_rate=0.0).flags_over(20) == (
        "--steps=20 --warmup_steps=1"
    )


@pytest.fixture
def clock(monkeypatch):
    """Drives `train`: a second per step, plus compiling for the first of a call."""
    clock = Clock()
    make_step = tensorflow_trainer.make_step

    def slow(*args, **kwargs):
        step = make_step(*args, **kwargs)
        seconds = iter([COMPILING])

        def call(batch):
            clock.now += next(seconds, 1.0)
            return step(batch)

        return call

    monkeypatch.setattr(tensorflow_trainer, "make_step", slow)
    monkeypatch.setattr(run_lib, "TimeLimit", functools.partial(TimeLimit, clock=clock))
    return clock


@pytest.mark.slow
def test_a_run_ends_with_its_time(clock, songs_dataset, tmp_path):
    lines = []
    result = train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lines.append)
    assert "steps of 16 for 30 s" in lines[0]
    assert result.steps == 21  # one of ten seconds, twenty of one
    assert clock.now == 30
    assert read_model(tmp_path / "run").training["steps"] == 21

    rates = [
        max(values)
        for _, values in sorted(run_losses(tmp_path / "run", "train/learning_rate").items())
    ]
    nearest = dataclasses.replace(CONFIG, steps=21, warmup_steps=1, minutes=None)
    # by no more than two steps of 21, along a cosine whose steepest slope is pi / 2
    for step, rate in enumerate(rates[2:], 3):
        assert rate == pytest.approx(float(Decay(nearest)(step)), abs=1e-2 * np.pi / 21)
    assert rates[-1] < 2e-4

    again = train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lines.append)
    assert (again.first_step, again.steps) == (21, 21)
    assert lines[-1] == f"{tmp_path / 'run'} has used its 30 s; the model is finished."
    for changes in ({"minutes": 1.0}, {"minutes": None}, {"minutes": None, "steps": 30}):
        with pytest.raises(UsageError, match=r"--minutes: 0\.5 there"):
            train(tmp_path / "run", songs_dataset, MODEL, dataclasses.replace(CONFIG, **changes))


@pytest.mark.slow
def test_a_stopped_run_is_resumed_for_the_time_that_is_left(
    clock, songs_dataset, tmp_path, monkeypatch
):
    real = tensorflow_trainer.TensorFlowTrainer.set_schedule_step
    places = []

    def stopping(self, value):
        places.append(value)
        if len(places) == 6:
            os.kill(os.getpid(), signal.SIGTERM)
        real(self, value)

    monkeypatch.setattr(tensorflow_trainer.TensorFlowTrainer, "set_schedule_step", stopping)
    with pytest.raises(Interrupted, match="step 6 is saved"):
        train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lambda line: None)
    with np.load(tmp_path / "run/state/step-00000006.npz") as state:
        assert state["limit/seconds_used"] == 15
    lines = []
    result = train(tmp_path / "run", songs_dataset, MODEL, CONFIG, say=lines.append)
    assert "steps of 16 for 15 s" in lines[1]
    assert result.first_step == 6
    assert result.steps == 12  # of 15 seconds, ten of which the first step took
    assert clock.now == 30
    assert (np.diff(places) >= 0).all()
    assert places[-1] == CONFIG.steps  # which says that the run has ended
    assert RunState(tmp_path / "run/state", {}).steps()[-1] == 12


class Workers:
    """A stand-in for an engine for `_stops`, with another worker that proposes something else."""

    multiworker = True

    def __init__(self, other):
        self.other, self.calls = other, 0

    def gather(self, values):
        self.calls += 1
        return [values, self.other]


def test_workers_agree_on_the_time_of_the_one_that_is_furthest():
    signals = type("Signals", (), {"requested": False})
    limit = TimeLimit(CONFIG, Clock())
    limit.begin(0.0)
    workers = Workers([0, 1, 400_000_000])
    assert run_lib._stops(workers, signals, limit, 1, 0) is False
    assert limit.is_last(1)
    assert limit.schedule_step == 400
    for step in range(2, 11):
        assert run_lib._stops(workers, signals, limit, step, 0) is False
    assert workers.calls == 1
    assert run_lib._stops(Workers([1, 0, 0]), signals, limit, 11, 0) is True


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--minutes=0",), "minutes is 0.0; give a number above 0"),
        (("--minutes=-3",), "minutes is -3.0; give a number above 0"),
        (("--minutes=nan",), "minutes is nan; give a number above 0"),
        (("--minutes=inf",), "minutes is inf; give a number above 0"),
        (("--minutes=soon",), "minutes"),
        (("--minutes=5", "--steps=100"), "leave one out"),
    ],
)
def test_wrong_minutes_are_one_sentence(given, words, songs_dataset, tmp_path, capsys):
    output = tmp_path / "run"
    code = cli.main(["train", f"--data={songs_dataset}", f"--output={output}", *given])
    stderr = capsys.readouterr().err
    assert code == 2
    assert words in stderr
    assert stderr.count("\n") == 1
    assert not output.exists()


def test_minutes_are_a_flag_that_help_explains(capsys):
    with contextlib.suppress(SystemExit):
        cli.main(["train", "--help"])
    stdout = capsys.readouterr().out
    text = " ".join(stdout.partition("--minutes\n")[2].partition("  --")[0].split())
    assert "not repeatable" in text
