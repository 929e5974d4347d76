"""A Flink cluster with two TaskManagers must make the same bytes, one of them lost or not."""

import runner_jobs


def test_songs(songs, songs_made_here, flink, tmp_path):
    _, flags = flink
    assert runner_jobs.run(songs, tmp_path / "data", *flags) == songs_made_here


def test_real_music(freedoom, freedoom_made_here, flink, tmp_path):
    _, flags = flink
    assert runner_jobs.run(freedoom, tmp_path / "data", *flags) == freedoom_made_here


def test_a_task_manager_lost_in_mid_job(songs, songs_made_here, flink, tmp_path):
    cluster, flags = flink
    failures = len(cluster.failures())
    job = runner_jobs.start(songs, tmp_path / "data", *flags)
    try:
        cluster.wait(cluster.kill_a_busy_task_manager)
        cluster.start_task_manager()
    finally:
        code, output = runner_jobs.finish(job)
    assert code == 0, output
    assert runner_jobs.contents(tmp_path / "data") == songs_made_here
    assert len(cluster.failures()) > failures  # Flink noticed
