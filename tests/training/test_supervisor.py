"""A worker with absent peers reports them and can be stopped at any moment.

Instead of TensorFlow these tests import a module that waits in C with Python's global lock held, as
TensorFlow does while it brings workers together.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
from patience import PATIENCE_SECONDS

WAITING = """
import ctypes, os
os.write(1, b"imported\\n")
mutex = ctypes.create_string_buffer(256)
for _ in range(2):  # the second time waits for ever, and no signal ends it
    ctypes.PyDLL(None).pthread_mutex_lock(mutex)
"""
TRAIN = """
import sys
from gm_vae.training import supervisor
supervisor._SECONDS_TO_FIRST_REPORT = supervisor._SECONDS_BETWEEN_REPORTS = 0.1
from gm_vae.cli import main
sys.exit(main(["train", "--data=nowhere", "--output=nowhere", "--strategy=multiworker"]))
"""
WORK = """
import os, pathlib, signal, sys
from gm_vae.errors import UsageError, UserError
from gm_vae.backends.cluster import Cluster
from gm_vae.training.supervisor import AGAIN, supervised

def work(joined):
{work}

try:
    sys.exit(supervised(Cluster(("localhost:1",), 0), work))
except UserError as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.fixture
def start():
    """Function from code and environment to a process, with pipes, that ends with the test."""
    started = []

    def run(code, **env):
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(300, process.kill)  # what is never printed fails the test
        watchdog.start()
        started.append((process, watchdog))
        return process

    yield run
    for process, watchdog in started:
        watchdog.cancel()
        process.kill()
        process.communicate()


@pytest.fixture
def worker(start, tmp_path):
    """Function (addresses) -> `gm-vae train` as worker 0 of them, in place of whose TensorFlow
    another module is imported.
    """
    (tmp_path / "tensorflow.py").write_text(WAITING)

    def run(addresses):
        cluster = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": 0}}
        return start(
            TRAIN,
            TF_CONFIG=json.dumps(cluster),
            PYTHONPATH=str(tmp_path),
            KERAS_BACKEND="tensorflow",
        )

    return run


def supervise(start, work):
    """A process that supervises the lines of a function `work(joined)`."""
    indented = "\n".join("    " + line for line in work.strip().splitlines())
    return start(WORK.format(work=indented))


@pytest.fixture
def free():
    """Two unused addresses of this machine."""
    sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
    addresses = [f"localhost:{taken.getsockname()[1]}" for taken in sockets]
    for taken in sockets:
        taken.close()
    return addresses


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_absent_workers_are_named_again_and_again_and_a_signal_ends_the_wait(worker, free, number):
    waiting = worker(free)
    assert waiting.stdout.readline() == "imported\n"  # deaf from here on
    for _ in range(2):
        line = waiting.stderr.readline()
        assert line.startswith("gm-vae train: waiting for 1 of 1 other workers")
        assert free[1] in line
        assert free[0] not in line
    waiting.send_signal(number)
    out, err = waiting.communicate(
        timeout=PATIENCE_SECONDS
    )  # both processes have closed their ends
    assert waiting.returncode == 75
    last = err.splitlines()[-1]
    assert last.startswith("gm-vae train: stopped; waiting for 1 of 1 other workers")
    assert "Traceback" not in out + err


def test_workers_that_answer_are_not_named(worker, free):
    with socket.create_server(("localhost", 0)) as peer:
        waiting = worker([free[0], f"localhost:{peer.getsockname()[1]}", free[1]])
        peer.settimeout(60)
        for _ in range(2):  # called twice: the first answer has been noted
            peer.accept()[0].close()
        while "1 of 2 other workers" not in (line := waiting.stderr.readline()):
            assert line
        assert line.split("command: ")[1].startswith(f"{free[1]} (")


def test_the_process_that_trains_does_not_outlive_the_other(worker, free):
    waiting = worker(free)
    assert waiting.stdout.readline() == "imported\n"
    waiting.kill()
    waiting.communicate(timeout=PATIENCE_SECONDS)  # ends when no process holds the pipes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_anything_is_imported_ends_with_75(start, tmp_path, number):
    (tmp_path / "tensorflow.py").write_text(
        "import os, time\nos.write(1, b'imported\\n')\ntime.sleep(600)\n"
    )
    code = "import sys; from gm_vae.cli import main; sys.exit(main(sys.argv[1:]))"
    code = code.replace("sys.argv[1:]", "['train', '--data=nowhere', '--output=nowhere']")
    training = start(code, PYTHONPATH=str(tmp_path), KERAS_BACKEND="tensorflow")
    assert training.stdout.readline() == "imported\n"
    training.send_signal(number)
    assert training.communicate(timeout=PATIENCE_SECONDS)[1] == (
        "gm-vae train: stopped; the same command resumes it.\n"
    )
    assert training.returncode == 75


@pytest.mark.parametrize(
    "workers", ["localhost:1234", ["localhost:1234", "localhost:1234"]], ids=["text", "twice"]
)
def test_a_wrong_tf_config_is_refused_before_tensorflow_is_imported(worker, workers):
    refused = worker(workers)
    out, err = refused.communicate(timeout=PATIENCE_SECONDS)
    assert (refused.returncode, out) == (2, "")
    assert err.startswith("gm-vae train: TF_CONFIG ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("work", "code", "out"),
    [
        ("return None", 0, ""),
        ("joined()\nreturn None", 0, ""),
        ("return 3", 3, ""),
        ("raise UsageError('no such flag')", 2, "no such flag\n"),
        ("joined()\nraise UserError('disk full')", 1, "disk full\n"),
    ],
)
def test_the_exit_code_is_that_of_the_work(start, work, code, out):
    process = supervise(start, work)
    assert process.communicate(timeout=PATIENCE_SECONDS) == (out, "")
    assert process.returncode == code


def test_work_that_was_killed_is_one_sentence(start):
    process = supervise(start, "os.kill(os.getpid(), signal.SIGKILL)")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (1, "")
    assert "was ended by SIGKILL" in out


TRAINING = """
signal.signal(signal.SIGTERM, lambda *_: os._exit(75))
signal.signal(signal.SIGINT, lambda *_: print("noted", flush=True))
joined()
print("joined", flush=True)
while True:
    signal.pause()
"""


def test_once_all_are_there_the_work_decides_when_to_stop(start):
    process = supervise(start, TRAINING)
    assert process.stdout.readline() == "joined\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "noted\n"  # once, though both are one job of the terminal
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=PATIENCE_SECONDS) == ("", "")
    assert process.returncode == 75


def test_a_second_interrupt_ends_work_that_does_not_stop(start):
    process = supervise(start, TRAINING)
    assert process.stdout.readline() == "joined\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "noted\n"
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 75
    assert "resumes from the last state" in out


def test_a_new_process_takes_over_where_work_asks_for_it(start, tmp_path):
    lives = tmp_path / "lives"
    process = supervise(
        start,
        f"""
with open({str(lives)!r}, "a") as file:
    file.write("x")
joined()
return AGAIN if pathlib.Path({str(lives)!r}).stat().st_size < 3 else 5
""",
    )
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 5
    assert lives.read_text() == "xxx"


def test_no_new_process_takes_over_after_a_signal(start, tmp_path):
    work = TRAINING.replace("os._exit(75)", "os._exit(AGAIN)")
    process = supervise(start, work)
    assert process.stdout.readline() == "joined\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 75


def test_the_supervisor_needs_no_tensorflow():
    code = (
        "import sys, threading, gm_vae.cli, gm_vae.training.commands;"
        "bad = {'tensorflow', 'keras', 'numpy'} & set(sys.modules);"
        "assert not bad, bad; assert threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
