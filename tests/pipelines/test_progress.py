import io
import pickle

from gm_vae.pipelines.progress import ProgressLine, Ticker, progress_text


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_ticks_of_many_processes_add_up(tmp_path):
    ticker = Ticker(str(tmp_path / "ticks"))
    other = pickle.loads(pickle.dumps(ticker))  # as it travels to a worker
    for _ in range(3):
        ticker.tick(10)
        other.tick(100)
    assert pickle.loads(pickle.dumps(ticker)).__getstate__()["_file"] is None
    assert ProgressLine(tmp_path / "ticks", 1000).read() == (6, 330)
    assert ProgressLine(tmp_path / "none", 1000).read() == (0, 0)


def test_without_a_path_nothing_happens():
    Ticker(None).tick(5)


def test_texts():
    assert progress_text(0, 0, 1000, 3.2) == "starting, 3 s"
    assert progress_text(1200, 250, 1000, 20) == "1,200 files, 60 files/s, 25%, 1 min 0 s left"
    assert progress_text(1200, 1000, 1000, 20) == "1,200 files, 60 files/s, 100%, sorting"


def test_a_terminal_sees_a_line_and_a_log_nothing(tmp_path, monkeypatch):
    for stream, expected in ((io.StringIO(), ""), (_Terminal(), "\r\033[K")):
        monkeypatch.setattr("sys.stderr", stream)
        with ProgressLine(tmp_path / "none", 1000):
            pass
        assert stream.getvalue().endswith(expected)
        assert bool(stream.getvalue()) == bool(expected)
