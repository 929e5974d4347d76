"""Several processes on this machine must write the same as one."""

import runner_jobs


def test_songs(songs, songs_made_here, tmp_path):
    assert runner_jobs.run(songs, tmp_path / "data", "--workers=2") == songs_made_here


def test_real_music(freedoom, freedoom_made_here, tmp_path):
    assert runner_jobs.run(freedoom, tmp_path / "data", "--workers=2") == freedoom_made_here
