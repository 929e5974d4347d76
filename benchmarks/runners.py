"""Wall time of `gm-vae preprocess` on each runner, on the same files in one run.

    python benchmarks/runners.py FOLDER

Runners that cannot be had here are left out with the reason. Every output is compared with the
first one's, byte for byte.
"""

import contextlib
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))

import runner_jobs
import runner_programs
from flink_cluster import FlinkCluster


def main() -> int:
    source = pathlib.Path(sys.argv[1])
    files: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        place = pathlib.Path(temporary)

        def measure(name, *flags, meanwhile=lambda: None):
            output = place / name.replace(" ", "-")
            start = time.monotonic()
            job = runner_jobs.start(source, output, *flags)
            try:
                meanwhile()
            finally:
                code, said = runner_jobs.finish(job)
            seconds = time.monotonic() - start
            assert code == 0, said
            made = runner_jobs.contents(output)
            files.update(files or made)
            same = "same bytes" if made == files else "OTHER BYTES"
            print(f"| {name} | {seconds:.1f} s | {same} |", flush=True)

        measure("local, 1 worker", "--workers=1")
        measure("local, 2 workers", "--workers=2")
        with _if_had():
            flags = "--beam_args=" + runner_jobs.flag("prism_location", runner_programs.prism())
            measure("Prism, workers in the submitter", "--runner=PrismRunner", flags)
            flags += f" {runner_jobs.PROCESS_WORKERS}"
            measure("Prism, a worker process", "--runner=PrismRunner", flags)
        with _if_had():
            jar = runner_programs.flink_job_server()
            parts = runner_programs.java(), runner_programs.flink()
            cluster = stack.enter_context(FlinkCluster(*parts, place / "flink"))
            flags = (
                f"--beam_args=--flink_master={cluster.address} --parallelism=2 "
                f"{runner_jobs.flag('flink_job_server_jar', jar)} {runner_jobs.PROCESS_WORKERS}"
            )
            measure("Flink, 2 TaskManagers", "--runner=FlinkRunner", flags)

            def lose_one():
                cluster.wait(cluster.kill_a_busy_task_manager)
                cluster.start_task_manager()

            name = "Flink, one of 2 TaskManagers killed"
            measure(name, "--runner=FlinkRunner", flags, meanwhile=lose_one)
    return 0


@contextlib.contextmanager
def _if_had():
    try:
        yield
    except runner_programs.MissingError as error:
        print(f"left out: {error}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
