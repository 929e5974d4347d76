"""Mistakes in the flags of other runners are found before anything starts."""

import pathlib
import re
import socket

import pytest
from apache_beam.options.pipeline_options import PortableOptions

from gm_vae import arranger
from gm_vae.errors import UsageError, UserError
from gm_vae.pipelines import run_pipeline, runners
from gm_vae.pipelines.midi_to_measures import COMMAND

JAR = "--flink_job_server_jar={file}"
JAVA = "--job_server_java_launcher={java}"
PROCESS = ["--environment_type=PROCESS", "--environment_options=process_command={java}"]


@pytest.fixture
def places(tmp_path):
    """A file, a program, and two addresses, one of which answers."""
    file, java = tmp_path / "file.jar", tmp_path / "java"
    for path in (file, java):
        path.touch()
        path.chmod(0o755)
    with socket.create_server(("localhost", 0)) as closed:
        nobody = f"localhost:{closed.getsockname()[1]}"
    with socket.create_server(("localhost", 0)) as listening:
        somebody = f"localhost:{listening.getsockname()[1]}"
        yield {"file": file, "java": java, "nobody": nobody, "somebody": somebody}


@pytest.mark.parametrize(
    ("runner", "flags", "message"),
    [
        ("PrismRunner", [], "needs a program that Go builds .go install .*@v"),
        ("PrismRunner", ["--prism_location={file}x"], "file.jarx is not a file; build it with go"),
        ("PrismRunner", ["--prism_location={file}", "--speed=9"], "Beam has no flag --speed"),
        ("FlinkRunner", [], "beam-runners-flink-2.* in Maven; name the file"),
        ("FlinkRunner", ["--flink_version=0.9"], "invalid choice: '0.9'"),
        ("FlinkRunner", ["--parallelism=many"], "invalid int value: 'many'"),
        ("FlinkRunner", [JAR + "x"], "file.jarx is not a file; copy org.apache.beam:"),
        ("FlinkRunner", [JAR, JAVA + "x"], "needs Java and .*javax is not there"),
        ("FlinkRunner", [JAR, JAVA, "--flink_master=cluster"], "give HOST:PORT"),
        ("FlinkRunner", [JAR, JAVA, "--flink_master=a:b"], "give HOST:PORT"),
        ("FlinkRunner", [JAR, JAVA, "--flink_master={nobody}"], "Nothing answers at localhost:"),
        ("FlinkRunner", [JAR, JAVA, "--flink_master={somebody}"], "where workers find this packag"),
        (
            "FlinkRunner",
            [JAR, JAVA, "--flink_master={somebody}", "--environment_type=PROCESS"],
            r"--environment_type=PROCESS names no program .*process_command=FILE",
        ),
        (
            "FlinkRunner",
            [
                *(JAR, JAVA, "--flink_master={somebody}", "--environment_type=PROCESS"),
                "--environment_options=process_command",
            ],
            "--environment_type=PROCESS names no program",
        ),
        ("FlinkRunner", ["--job_endpoint={nobody}"], "correct --job_endpoint"),
        ("SparkRunner", [], "beam-runners-spark-3-job-server"),
        ("PortableRunner", ["--job_endpoint={somebody}"], "where workers find this package"),
        ("DataflowRunner", [], "Missing required option: project"),
        ("HopefulRunner", [], "Unexpected pipeline runner: HopefulRunner"),
    ],
)
def test_mistakes(places, runner, flags, message):
    flags = [flag.format(**places) for flag in flags]
    with pytest.raises(UserError) as raised:
        runners.pipeline(runner, flags)
    sentence = str(raised.value)
    assert re.search(message, sentence), sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert isinstance(raised.value, UsageError) != ("Nothing answers" in sentence)


@pytest.mark.parametrize(
    ("runner", "flags"),
    [
        ("PrismRunner", ["--prism_location={file}"]),
        ("PrismRunner", ["--job_endpoint={somebody}"]),
        ("FlinkRunner", [JAR, JAVA]),  # a cluster inside the job server
        ("FlinkRunner", ["--job_endpoint={somebody}", "--flink_master=[local]"]),
        (
            "FlinkRunner",  # the last is a flag that the job server alone knows
            [
                JAR,
                JAVA,
                "--flink_master={somebody}",
                "--environment_type=PROCESS",
                "--environment_options=process_command={java}",
                "--checkpointing_interval=1000",
            ],
        ),
        ("SparkRunner", ["--spark_job_server_jar={file}", JAVA]),
    ],
)
def test_complete_flags_are_accepted(places, runner, flags):
    made = runners.pipeline(runner, [flag.format(**places) for flag in flags])
    assert type(made.runner).__name__ == runner


@pytest.mark.parametrize(
    ("runner", "flags", "flink", "outlives"),
    [
        ("PrismRunner", ["--prism_location={file}"], "", False),
        ("PrismRunner", ["--job_endpoint={somebody}"], "", True),
        ("FlinkRunner", [JAR, JAVA], "", False),
        ("FlinkRunner", [JAR, JAVA, "--flink_master={somebody}", *PROCESS], "{somebody}", False),
        (
            "FlinkRunner",
            ["--job_endpoint={somebody}", "--flink_master={somebody}", *PROCESS],
            "{somebody}",
            True,
        ),
        ("SparkRunner", ["--spark_job_server_jar={file}", JAVA], "", False),
    ],
)
def test_jobs_that_outlive_this_process_are_known(places, runner, flags, flink, outlives):
    flags = [flag.format(**places) for flag in flags]
    made = runners.pipeline(runner, flags, "unique")
    job = runners.cluster_job(runner, made)
    assert job.name == "gm-vae-unique"
    assert (job.flink, job.served_elsewhere) == (flink.format(**places), outlives)


def test_a_name_that_the_user_gives_is_a_part_of_the_jobs(places):
    flags = [f"--prism_location={places['file']}", "--job_name=mine"]
    made = runners.pipeline("PrismRunner", flags, "unique")
    assert runners.cluster_job("PrismRunner", made).name == "mine-unique"


@pytest.mark.parametrize(
    "log",
    [
        'Caused by: java.io.IOException: Cannot run program "/no/worker": error=2, No such file',
        "fork/exec /no/worker: no such file or directory",
    ],
)
def test_a_program_that_workers_lack_is_named(log):
    sentence = run_pipeline._failed_elsewhere("FlinkRunner", f"x\n{log}\n".encode())
    pathlib.Path(re.search(r"its log is (.+)\.$", sentence)[1]).unlink()
    assert "process_command=/no/worker cannot be started on a machine of the cluster" in sentence


@pytest.mark.parametrize(
    ("flags", "shortest", "longest"),
    [([], 30 * 24 * 3600, float("inf")), (["--job_server_timeout=7"], 7, 7)],
    ids=["ours", "given"],
)
def test_a_job_may_take_long(places, flags, shortest, longest):
    made = runners.pipeline("PrismRunner", [f"--prism_location={places['file']}", *flags])
    assert shortest <= made.options.view_as(PortableOptions).job_server_timeout <= longest


def test_a_job_server_that_does_not_answer(places, monkeypatch):
    monkeypatch.setattr(runners, "_ANSWER_SECONDS", 0.2)
    made = runners.pipeline("PrismRunner", [f"--job_endpoint={places['somebody']}"])
    with pytest.raises(UserError, match=r"did not answer as a job server within .*job_endpoint"):
        runners.wait_for_job_server(made)


def test_the_command_line_prints_them(tmp_path, capfd):
    arranger.write_corpus(tmp_path / "midi", count=1)
    flags = [f"--input={tmp_path}/midi", f"--output={tmp_path}/data", "--runner=PrismRunner"]
    assert COMMAND.main(flags) == 2
    out, err = capfd.readouterr()
    assert not out
    assert err.startswith("gm-vae preprocess: PrismRunner needs a program")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["midi"]
