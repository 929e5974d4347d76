"""Tasks are passed as lists in files."""

from gm_vae.pipelines import task_lists
from gm_vae.pipelines.songs import Task
from gm_vae.pipelines.sources import Columns, Kind, Source


def test_tasks_come_back_whatever_the_names(tmp_path, monkeypatch):
    monkeypatch.setattr(task_lists, "_LIST_TASKS", 2)
    strange = "/x/\udcff\n\u2028é.mid"  # a byte that is not UTF-8, and line separators
    sources = (
        Source(strange, strange, Kind.MIDI, 7, 1.25, "no\nreason"),
        Source("s3://b/a.parquet", "a.parquet", Kind.PARQUET, 1 << 40, columns=Columns("a.b", "c")),
    )
    tasks = [Task(sources, 512), Task(sources[1:], 8, 2, 3), Task((), 1)]
    paths = task_lists.write(str(tmp_path), iter(tasks))
    assert len(paths) == 2
    lines = [line for path in paths for line in task_lists.read(path)]
    assert [task_lists.unpack(line) for line in lines] == tasks
    assert task_lists.write(str(tmp_path), []) == []
