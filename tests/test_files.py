"""Writing files: temporary folders, locks, signals, full disks, and interruptions."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest
from patience import PATIENCE_SECONDS

from gm_vae import arranger
from gm_vae.command import Command
from gm_vae.errors import UserError
from gm_vae.files import output_file, output_folder, put_folder, read_bounded
from gm_vae.flags import Arguments
from gm_vae.scratch import scratch_folder
from gm_vae.signals import Ended, kept_signals


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_scratch_folder_goes_with_its_block(temporary):
    with contextlib.suppress(ZeroDivisionError), scratch_folder() as folder:
        (folder / "file").touch()
        assert list(temporary.iterdir()) == [folder]
        raise ZeroDivisionError
    assert list(temporary.iterdir()) == []


def test_only_leftovers_of_killed_processes_are_swept(temporary):
    kept = [temporary / "gm-vae-other", temporary / "gm-vae-scratch-file"]
    kept[0].mkdir()
    kept[1].touch()
    (temporary / "elsewhere").mkdir()
    (temporary / "gm-vae-scratch-link").symlink_to(temporary / "elsewhere")
    child = os.fork()
    if not child:
        with scratch_folder() as folder:
            (folder / "file").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert len(list(temporary.glob("gm-vae-scratch-*/file"))) == 1
    with scratch_folder() as mine, scratch_folder() as other:
        names = {path.name for path in temporary.iterdir()}
        assert names == {
            mine.name, other.name, "gm-vae-other", "gm-vae-scratch-file", "elsewhere",
            "gm-vae-scratch-link",
        }  # fmt: skip


def test_a_missing_temporary_folder_is_reported_in_a_sentence(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(UserError, match=r"no temporary folder .*TMPDIR"), scratch_folder():
        pass


def run(code, tmp_path, **changes):
    """Run a program in `tmp_path`: its exit code and standard error."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
        **changes,
    )
    return done.returncode, done.stderr


VERB = """
import os, pathlib, signal, sys
from gm_vae.command import Command
from gm_vae.flags import Arguments
from gm_vae.files import output_file, output_folder
from gm_vae.scratch import scratch_folder

def work(args):
    with output_folder("folder") as new, output_file("file.txt") as file, scratch_folder() as mine:
        for path in (new / "half", file, mine / "half"):
            path.write_text("half")
        {action}

command = Command("verb", "", "", Arguments, work)
sys.exit(command.main([]))
"""


PRINTING = """
import sys
from gm_vae.command import Command
from gm_vae.flags import Arguments
command = Command("verb", "", "", Arguments, lambda args: print("hello"))
sys.exit(command.main([]))
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_signals_leave_nothing_half_written(tmp_path, name):
    code = VERB.format(action=f"os.kill(os.getpid(), signal.{name})")
    number = getattr(signal, name)
    assert run(code, tmp_path) == (128 + number, f"gm-vae verb: ended by {name}.\n")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_that_an_import_swallows_is_raised_after_it(name):
    def handler(number, frame):
        raise Ended(number)

    number = getattr(signal, name)
    before = signal.signal(number, handler)
    try:
        with pytest.raises(Ended, match=name), kept_signals(), contextlib.suppress(Ended):
            signal.raise_signal(number)
        assert signal.getsignal(number) is handler
        with kept_signals():
            pass
    finally:
        signal.signal(number, before)


def test_nohup_stays_in_force(tmp_path):
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    code += VERB.format(action="os.kill(os.getpid(), signal.SIGHUP)")
    assert run(code, tmp_path) == (0, "")
    assert sorted(os.listdir(tmp_path)) == ["file.txt", "folder"]


def test_a_full_disk_behind_standard_output_is_a_sentence(tmp_path):
    with open("/dev/full", "w") as full:
        code, error = run(PRINTING, tmp_path, stdout=full)
    assert code == 1
    assert error == (
        "gm-vae verb: the output cannot be written (No space left on device); free some space, or "
        "send it elsewhere.\n"
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left", "/a\x1bb"), r"/a\x1bb cannot be used (No space"),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_unexpected_os_errors_become_a_sentence_too(capsys, error, sentence):
    def work(args):
        raise error

    assert Command("verb", "", "", Arguments, work).main([]) == 1
    stderr = capsys.readouterr().err
    assert sentence in stderr
    assert stderr.count("\n") == 1


def test_a_full_disk_has_its_own_remedy_and_names_the_output(tmp_path):
    for output in (output_file, output_folder):
        refused = pytest.raises(
            UserError, match=r"Cannot write .*/out .*; free some space on that disk"
        )
        with refused, output(tmp_path / "out"):
            raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(UserError) as caught, output_folder(tmp_path / "out") as folder:
        raise UserError(f"cannot write to {folder}.")
    assert str(caught.value) == f"cannot write to {tmp_path}/out."
    assert list(tmp_path.iterdir()) == []


def test_a_song_that_does_not_fit_leaves_no_part(tmp_path, monkeypatch):
    def full(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(tmp_path), "replace", full)
    with pytest.raises(UserError, match="No space left"):
        arranger.write_corpus(tmp_path, count=1)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_read_up_to_its_bound(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    assert read_bounded(tmp_path / "file", 5) == b"12345"
    with pytest.raises(UserError, match="over 4 bytes"):
        read_bounded(tmp_path / "file", 4)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_folder_that_is_replaced_is_there_or_the_new_one(tmp_path, monkeypatch, at):
    """The work is ended after a rename or the removal of the old folder."""
    steps = []

    def ended(step):
        def work(*args, **kwargs):
            step(*args, **kwargs)
            steps.append(1)
            if len(steps) == at:
                raise Ended(signal.SIGTERM)

        return work

    for name in ("out", "part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of {name}").touch()
    monkeypatch.setattr(os, "replace", ended(os.replace))
    monkeypatch.setattr(shutil, "rmtree", ended(shutil.rmtree))
    with pytest.raises(Ended):
        put_folder(tmp_path / "part", tmp_path / "out")
    assert os.listdir(tmp_path / "out") == ["of out" if at == 1 else "of part"]
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "part"}
