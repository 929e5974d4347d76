"""`gm-vae preprocess` as a user runs it, and the workers for runners."""

import pathlib
import shlex
import subprocess
import sys

from patience import PATIENCE_SECONDS

WORKER = pathlib.Path(sys.executable).with_name("gm-vae-worker")


def flag(name: str, value: object) -> str:
    """A flag as --beam_args takes it, which is split at spaces as by a shell."""
    return shlex.quote(f"--{name}={value}")


PROCESS_WORKERS = "--environment_type=PROCESS " + flag(
    "environment_options", f"process_command={WORKER}"
)


def start(source: pathlib.Path, output: pathlib.Path, *flags: str) -> subprocess.Popen:
    """Start a job beside this process."""
    command = [sys.executable, "-m", "gm_vae", "preprocess"]
    return subprocess.Popen(
        [*command, f"--input={source}", f"--output={output}", *flags],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(job: subprocess.Popen) -> tuple[int, str]:
    """Its exit code and output; the job has always ended afterwards."""
    with job:
        try:
            _, output = job.communicate(timeout=PATIENCE_SECONDS)
        finally:
            job.kill()
    return job.returncode, output


def run(source: pathlib.Path, output: pathlib.Path, *flags: str) -> dict[str, bytes]:
    """Run a job that must succeed; the files that it wrote."""
    code, text = finish(start(source, output, *flags))
    assert code == 0, text
    return contents(output)


def contents(output: pathlib.Path) -> dict[str, bytes]:
    """All files of a dataset by name."""
    return {path.name: path.read_bytes() for path in output.iterdir()}
