"""Programs for tests of other runners, fetched once into .cluster/ by usual clients.

Nothing of it is in the project's environment: Flink's pins would not agree with ours.
"""

import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[2] / ".cluster"
BEAM_VERSION = importlib.metadata.version("apache-beam")
FLINK_VERSION = "2.2"
JOB_SERVER = f"beam-runners-flink-{FLINK_VERSION}-job-server"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_PRISM = "github.com/apache/beam/sdks/v2/go/cmd/prism"

# With what they need and the project has not (20 MB). They are kept out of its environment: Beam
# imports more where it finds them, and tests of gs:// without a client need one that lacks them.
_GOOGLE_STORAGE = (
    "gcp-storage-emulator==2026.7.19",
    "google-api-core==2.44.0",
    "google-apitools==0.5.35",
    "google-auth==2.63.0",
    "google-auth-httplib2==0.4.4",
    "google-cloud-core==2.8.0",
    "google-cloud-storage==3.17.1",
    "google-resumable-media==2.11.0",
    "googleapis-common-protos==1.76.0",
    "appdirs==1.4.4",
    "cachetools==8.0.2",
    "fasteners==0.20",
    "fs==2.4.16",
    "httplib2==0.32.1",
    "oauth2client==4.1.3",
    "proto-plus==1.29.0",
    "pyasn1==0.6.5",
    "pyasn1-modules==0.4.2",
    "rsa==4.9.1",
)


class MissingError(Exception):
    """A program is not available; the message names it and the reason."""


def prism() -> pathlib.Path:
    """Beam's small portable runner, built by Go."""
    program = HOME / f"prism-{BEAM_VERSION}" / "prism"
    if not program.exists():
        # Without optimisation and debug symbols, building takes three quarters of the time.
        flags = ("-gcflags=all=-N -l", "-ldflags=-s -w")
        _fetch(program, ["go", "install", *flags, f"{_PRISM}@v{BEAM_VERSION}"])
    return program


def flink_job_server() -> pathlib.Path:
    """The jar that takes a Beam pipeline and submits it to Flink."""
    jar = HOME / f"job-server-{BEAM_VERSION}" / f"{JOB_SERVER}-{BEAM_VERSION}.jar"
    if not jar.exists():
        artifact = f"-Dartifact=org.apache.beam:{JOB_SERVER}:{BEAM_VERSION}"
        _fetch(jar, ["mvn", "-B", "-q", _COPY, artifact, "-DoutputDirectory=."])
    return jar


def flink() -> pathlib.Path:
    """The folder with Flink's jars."""
    lib = HOME / f"flink-{FLINK_VERSION}" / "pyflink" / "lib"
    if not lib.exists():
        package = f"apache-flink-libraries=={FLINK_VERSION}.*"
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target=.", package]
        _fetch(lib, pip)
    return lib


def google_storage() -> pathlib.Path:
    """A folder for PYTHONPATH with Google's client and an emulator of its store."""
    site = HOME / "google-storage" / "gcp_storage_emulator"
    if not site.exists():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target=."]
        _fetch(site, [*pip, *_GOOGLE_STORAGE])
    return site.parent


def java() -> str:
    """The program that runs jars."""
    program = shutil.which("java")
    if not program:
        raise MissingError("Java is not installed")
    return program


def _fetch(wanted: pathlib.Path, command: list[str]) -> None:
    """Run a command in a new folder, which is moved below HOME if `wanted` then exists."""
    if not shutil.which(command[0]):
        raise MissingError(f"{wanted.name} is not there, nor {command[0]}, which gets it")
    target = HOME / wanted.relative_to(HOME).parts[0]
    partial = target.with_name(f"{target.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    done = subprocess.run(
        command,
        cwd=partial,
        env={**os.environ, "GOBIN": str(partial)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not (partial / wanted.relative_to(target)).exists():
        shutil.rmtree(partial)
        error = next((line for line in done.stdout.splitlines() if "error" in line.lower()), "")
        error = error.rpartition("[ERROR] ")[2][:300]
        raise MissingError(f"{command[0]} cannot get {wanted.name} ({error})")
    shutil.rmtree(target, ignore_errors=True)
    partial.replace(target)
