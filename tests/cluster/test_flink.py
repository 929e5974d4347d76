"""A Flink cluster with two TaskManagers must write the same bytes, even if one is lost."""

import signal

import pytest
import runner_jobs


def test_songs(songs, songs_made_here, flink, tmp_path):
    _, flags = flink
    assert runner_jobs.run(songs, tmp_path / "data", *flags) == songs_made_here


def test_real_music(freedoom, freedoom_made_here, flink, tmp_path):
    _, flags = flink
    assert runner_jobs.run(freedoom, tmp_path / "data", *flags) == freedoom_made_here


def test_a_task_manager_lost_in_mid_job(songs, songs_made_here, flink, tmp_path):
    cluster, flags = flink
    job = runner_jobs.start(songs, tmp_path / "data", *flags)
    try:
        lost = cluster.wait(cluster.kill_a_busy_task_manager)
        cluster.start_task_manager()
        cluster.wait(lambda: lost not in cluster.task_manager_ids())
    finally:
        code, output = runner_jobs.finish(job)
    assert code == 0, output
    assert runner_jobs.contents(tmp_path / "data") == songs_made_here
    # Undisturbed jobs may record failures, too: this one names what was lost.
    cluster.wait(lambda: any(lost in failure for failure in cluster.failures()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ending_the_command_ends_the_job(songs, flink, tmp_path, number):
    cluster, flags = flink
    before = {job["jid"] for job in cluster.jobs()}
    job = runner_jobs.start(songs, tmp_path / "data", *flags)
    try:
        cluster.wait(lambda: [j for j in cluster.jobs() if j["jid"] not in before])
        job.send_signal(number)
    finally:
        code, output = runner_jobs.finish(job)
    assert code == 128 + number, output
    cluster.wait(  # Flink shows states of some seconds ago
        lambda: {j["state"] for j in cluster.jobs() if j["jid"] not in before} == {"CANCELED"}
    )
