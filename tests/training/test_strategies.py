"""One loop on one device, two mirrored replicas and two workers, one of which is killed."""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
from closeness import TRAINING, assert_close
from patience import PATIENCE_SECONDS
from run_losses import run_losses

from gm_vae.backends.tensorflow.strategies import make_strategy
from gm_vae.errors import UsageError, UserError
from gm_vae.model.config import preset
from gm_vae.model.train_config import TrainConfig
from gm_vae.training.run import train

MODEL = dataclasses.replace(
    preset("tiny"), encoder_units=16, decoder_units=(16, 16), latent_size=8, start_units=4
)
CONFIG = TrainConfig(
    steps=40, batch_size=16, learning_rate=1e-2, schedule="exponential", save_every=5, log_every=1,
    validation_measures=16,
)  # fmt: skip
FLAGS = [
    "--preset=tiny", "--encoder_units=16", "--decoder_units=16,16", "--latent_size=8",
    "--steps=40", "--batch_size=16", "--learning_rate=1e-2", "--schedule=exponential",
    "--save_every=5", "--log_every=1", "--validation_measures=16", "--strategy=multiworker",
]  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def alone(songs_dataset, tmp_path_factory):
    """Losses on one device, by step."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    train(folder, songs_dataset, MODEL, CONFIG, say=lambda line: None)
    return run_losses(folder)


def assert_losses(folder, expected):
    actual = run_losses(folder)
    assert sorted(actual) == sorted(expected) == list(range(1, CONFIG.steps + 1))
    for step, losses in actual.items():
        (loss,) = expected[step]
        for value in losses:  # a step may have been done by two lives
            assert_close(value, loss, TRAINING, err_msg=step)


def test_mirrored_replicas_have_the_losses_of_one_device(
    alone, songs_dataset, two_replicas, tmp_path
):
    lines = []
    half = dataclasses.replace(CONFIG, steps=20)
    train(tmp_path / "run", songs_dataset, MODEL, half, two_replicas, say=lines.append)
    assert "on 2 devices" in lines[0]
    assert train(tmp_path / "run", songs_dataset, MODEL, CONFIG, two_replicas).first_step == 20
    assert_losses(tmp_path / "run", alone)


def test_workers_have_them_too_though_one_is_killed(alone, songs_dataset, tmp_path):
    sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
    addresses = [f"localhost:{taken.getsockname()[1]}" for taken in sockets]
    for taken in sockets:
        taken.close()
    folder = tmp_path / "run"
    logs = [tmp_path / f"worker{index}.log" for index in range(2)]

    def start(index):
        task = {"type": "worker", "index": index}
        config = json.dumps({"cluster": {"worker": addresses}, "task": task})
        with logs[index].open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-u", "-m", "gm_vae", "train", f"--data={songs_dataset}"]
                + [f"--output={folder}", *FLAGS],
                env={**os.environ, "TF_CONFIG": config},
                stdout=subprocess.PIPE if index == 0 else log,
                stderr=log,
                text=True,
            )

    workers = [start(0), start(1)]
    watchdog = threading.Timer(PATIENCE_SECONDS, lambda: [worker.kill() for worker in workers])
    watchdog.start()  # an incomplete cluster would wait forever
    try:
        seen = iter(workers[0].stdout.readline, "")
        assert any(line.startswith("step 5:") for line in seen)
        workers[1].send_signal(signal.SIGKILL)
        workers[1].wait()
        workers[1] = start(1)
        rest = list(seen)
        assert [worker.wait() for worker in workers] == [0, 0]
    finally:
        watchdog.cancel()
        for worker in workers:
            worker.kill()
            worker.wait()
        print(*(log.read_text() for log in logs))
    assert any("Resuming" in line and "at step" in line for line in rest)
    assert_losses(folder, alone)


def test_a_tpu_that_is_not_there_is_one_sentence():
    with pytest.raises(UsageError, match="--tpu=NAME"):
        make_strategy("tpu")
    with pytest.raises(UserError, match="the TPU 'local' cannot be used") as caught:
        make_strategy("tpu", "local")
    assert "\n" not in str(caught.value)


def test_a_batch_must_divide_among_replicas(songs_dataset, two_replicas, tmp_path):
    odd = dataclasses.replace(CONFIG, batch_size=15)
    with pytest.raises(UsageError, match="batch_size=15 does not divide among 2 devices"):
        train(tmp_path / "run", songs_dataset, MODEL, odd, two_replicas)
