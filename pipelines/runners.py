"""Other Beam runners: their requirements, and checks before anything starts.

Beam itself detects mistakes late (a Flink job server waits for minutes for a missing cluster),
downloads missing parts silently, and runs workers in images that lack this package.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import pathlib
import shlex
import shutil
import socket
import urllib.parse
from collections.abc import Sequence

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
)

from gm_vae.errors import UsageError, UserError
from gm_vae.pipelines.cluster_job import ClusterJob

_REACH_SECONDS = 10
_ANSWER_SECONDS = 60  # a job server may have just started
# Beam ends a job on Prism after --job_server_timeout (60 s by default), even if it makes progress.
_LONGEST_JOB_SECONDS = 365 * 24 * 3600


@dataclasses.dataclass(frozen=True)
class _JavaRunner:
    """A cluster's runner that a Java program of Beam starts.

    Args:
        master: the flag with the cluster's address.
        local: prefixes of addresses with which the job server runs everything itself.
        jar: the flag with the job server.
        artifact: the job server's name in Maven's org.apache.beam.
    """

    master: str
    local: tuple[str, ...]
    jar: str
    artifact: str


_RUNNERS = {
    "FlinkRunner": _JavaRunner(
        "flink_master",
        ("[auto]", "[local]"),
        "flink_job_server_jar",
        "beam-runners-flink-{flink_version}-job-server",
    ),
    "SparkRunner": _JavaRunner(
        "spark_master_url",
        ("local",),
        "spark_job_server_jar",
        "beam-runners-spark-{spark_version}-job-server",
    ),
}
_WITH_OWN_FLAGS = {
    *_RUNNERS,
    "PortableRunner",
}  # a job server has more flags than Beam's Python SDK


def pipeline(runner: str, beam_args: Sequence[str], unique: str = "job") -> beam.Pipeline:
    """An empty pipeline for a runner other than the local one.

    Args:
        runner: Beam's name of it.
        beam_args: its flags, in Beam's spelling.
        unique: a unique suffix of the job's name, after --job_name if given.

    Raises:
        UsageError: an unknown runner or flag, or a missing flag.
        UserError: nothing answers at the address of a cluster or a job server.
    """
    given = f"--runner={runner} with --beam_args={shlex.quote(' '.join(beam_args))}"
    stderr = io.StringIO()  # argparse prints the reason
    try:
        with contextlib.redirect_stderr(stderr):
            options = PipelineOptions([f"--runner={runner}", *beam_args])
            _check_process_command(options.view_as(PortableOptions))
            made = beam.Pipeline(options=options)
            flags = made.options.get_all_options()
            everything = made.options.get_all_options(retain_unknown_options=True)
    except (ValueError, ImportError, AttributeError, SystemExit) as error:
        reason = stderr.getvalue().rpartition("error: ")[2] or str(error)
        reason = " ".join(reason.split()).rstrip(".") or "unknown flag"
        raise UsageError(
            f"Beam cannot use {given} ({reason}); see docs/tutorials/cluster.md."
        ) from None
    unknown = everything.keys() - flags
    if unknown and runner not in _WITH_OWN_FLAGS:
        raise UsageError(f"Beam has no flag --{min(unknown)}; correct {given}.")
    _check(runner, flags)
    if not any(each.startswith("--job_server_timeout") for each in beam_args):
        made.options.view_as(PortableOptions).job_server_timeout = _LONGEST_JOB_SECONDS
    naming = made.options.view_as(GoogleCloudOptions)  # Flink takes the name from there, too
    naming.job_name = f"{naming.job_name or 'gm-vae'}-{unique}"
    return made


def cluster_job(runner: str, pipeline: beam.Pipeline) -> ClusterJob:
    """The job that a pipeline of `pipeline` creates when it runs."""
    flags = pipeline.options.get_all_options()
    java = _RUNNERS.get(runner)
    endpoint = flags["job_endpoint"]
    on_flink = java is _RUNNERS["FlinkRunner"] and not _is_local(java, flags)
    flink = flags["flink_master"] if on_flink else ""
    # Without an external service, Java runners and Prism run jobs in programs that end with us.
    ends_with_us = (java or runner == "PrismRunner") and (not endpoint or endpoint == "embed")
    if flags.get("flink_submit_uber_jar") or flags.get("spark_submit_uber_jar"):
        ends_with_us = False
    return ClusterJob(flags["job_name"], runner, flink, served_elsewhere=not ends_with_us)


def _is_local(java: _JavaRunner, flags: dict) -> bool:
    """Whether a job server runs everything itself."""
    return flags[java.master].startswith(java.local)


def wait_for_job_server(pipeline: beam.Pipeline) -> None:
    """Wait until the job server answers, if flags name a running one.

    Raises:
        UserError: the program at the address does not answer as a job server.
    """
    endpoint = pipeline.options.view_as(PortableOptions).job_endpoint
    if not endpoint or endpoint == "embed":
        return
    with grpc.insecure_channel(endpoint) as channel:
        try:
            grpc.channel_ready_future(channel).result(_ANSWER_SECONDS)
        except grpc.FutureTimeoutError:
            raise UserError(
                f"What listens at {endpoint} did not answer as a job server within "
                f"{_ANSWER_SECONDS} s; start one there or correct --job_endpoint."
            ) from None


def _check(runner: str, flags: dict) -> None:
    """Raise errors that would otherwise come minutes later, or not at all."""
    java = _RUNNERS.get(runner)
    endpoint = flags["job_endpoint"]
    if endpoint and endpoint != "embed":
        _reach(endpoint, "job_endpoint")
    elif runner == "PrismRunner":
        _check_prism(flags["prism_location"])
    elsewhere = runner == "PortableRunner"
    if java:
        elsewhere = not _is_local(java, flags)
        if not endpoint:
            _check_job_server(runner, java, flags)
            if elsewhere:
                _reach(flags[java.master], java.master)
    if elsewhere and not (flags["environment_type"] or flags["sdk_container_image"]):
        raise UsageError(
            f"{runner} must know where workers find this package: add to --beam_args "
            "--environment_type=PROCESS --environment_options=process_command=FILE, which is "
            "gm-vae-worker there, or --sdk_container_image=IMAGE (see docs/tutorials/cluster.md)."
        )


def _check_process_command(options: PortableOptions) -> None:
    by_config = options.environment_config or ""
    named = options.lookup_environment_option("process_command")
    if options.environment_type == "PROCESS" and not by_config and named in (None, "", True):
        raise UsageError(
            "--environment_type=PROCESS names no program that workers start: add to --beam_args "
            "--environment_options=process_command=FILE, which is gm-vae-worker on the cluster's "
            "machines."
        )


def _check_prism(location: str | None) -> None:
    build = f"go install github.com/apache/beam/sdks/v2/go/cmd/prism@v{beam.__version__}"
    if not location:
        raise UsageError(
            f"PrismRunner needs a program that Go builds ({build}); name it with "
            "--beam_args=--prism_location=FILE."
        )
    if not pathlib.Path(location).is_file():
        raise UsageError(f"--prism_location={location} is not a file; build it with {build}.")


def _check_job_server(runner: str, java: _JavaRunner, flags: dict) -> None:
    jar = flags[java.jar]
    artifact = f"org.apache.beam:{java.artifact.format(**flags)}:{beam.__version__}"
    if not jar:
        raise UsageError(
            f"{runner} needs Beam's job server, {artifact} in Maven; name the file with "
            f"--beam_args=--{java.jar}=FILE, or one that runs with --job_endpoint=HOST:PORT."
        )
    if "://" not in jar and not pathlib.Path(jar).is_file():
        raise UsageError(f"--{java.jar}={jar} is not a file; copy {artifact} from Maven there.")
    launcher = flags["job_server_java_launcher"]
    if not shutil.which(launcher):
        raise UsageError(
            f"{runner} needs Java and {launcher} is not there; install Java 17, or name it with "
            "--beam_args=--job_server_java_launcher=FILE."
        )


def _reach(address: str, flag: str) -> None:
    parts = urllib.parse.urlsplit(address if "//" in address else f"//{address}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:  # the port is not a number
        host, port = None, None
    if not (host and port):
        raise UsageError(f"--{flag}={address} is not an address; give HOST:PORT.")
    try:
        socket.create_connection((host, port), _REACH_SECONDS).close()
    except OSError as error:
        raise UserError(
            f"Nothing answers at {host}:{port} ({error.strerror or error}); start the cluster "
            f"or correct --{flag}."
        ) from None
