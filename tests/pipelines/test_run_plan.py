"""Estimated resources of a run, compared with the real ones."""

import re
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gm_vae import arranger
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import run_plan, sources
from gm_vae.pipelines.midi_to_measures import COMMAND, preprocess


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "songs"
    arranger.write_corpus(folder, count=30, seed=8)
    return folder


def _plan(path, through_beam=False):
    return run_plan.make(sources.find(path), MeasureFormat(), 2, through_beam)


def test_a_sample_of_all_counts_exactly(corpus, tmp_path):
    plan = _plan(corpus)
    assert (plan.files, plan.songs, plan.sampled) == (30, 30, 30)
    assert plan.input_bytes == sum(path.stat().st_size for path in corpus.iterdir())
    made = preprocess(corpus, tmp_path / "data", validation_percent=0, test_percent=0, workers=1)
    kept = made.bars["kept"]
    assert made.measures <= plan.measures <= kept  # equal bars of a song count once
    assert plan.chunks == 4  # blocks of eight
    assert plan.shards == len(made.splits["train"].shards) == 1
    assert plan.reads == 30 + 2 * 4 + 4 * 1
    assert plan.writes == 2 * 4 + 1


def test_a_parquet_file_has_chunks_of_many_rows(corpus, tmp_path):
    files = {path.name: path.read_bytes() for path in corpus.iterdir()}
    table = pa.table({"id": list(files), "music": list(files.values())})
    pq.write_table(table, tmp_path / "songs.parquet")
    assert (_plan(corpus).chunks, _plan(tmp_path / "songs.parquet").chunks) == (4, 1)


def test_chunks_take_the_planned_space(corpus, tmp_path, monkeypatch):
    sizes = []
    line = run_plan.Usage.line
    monkeypatch.setattr(
        run_plan.Usage, "line", lambda self, size: sizes.append(size) or line(self, size)
    )
    lines = []
    preprocess(corpus, tmp_path / "data", workers=1, report=lines.append)
    (taken,) = sizes
    assert abs(_plan(corpus).chunk_bytes - taken) < 0.25 * taken  # indices are estimated
    assert re.fullmatch(r"took: CPU \d.*, memory .*B in the largest process, disk .*", lines[0])


def test_songs_of_archives_are_counted_by_the_sample(corpus, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        for path in sorted(corpus.iterdir()):
            archive.write(path, path.name)
    of_files = _plan(corpus)
    monkeypatch.setattr(run_plan, "_SAMPLED_SONGS", 10)
    of_archive = _plan(tmp_path / "songs.zip")
    assert of_archive.sampled == 10
    assert of_archive.files == 1
    assert abs(of_archive.songs - 30) <= 12  # by the bytes of the first ten
    assert abs(of_archive.measures - of_files.measures) < 0.4 * of_files.measures
    assert _plan(corpus).sampled == 10
    assert _plan(corpus).songs == 30


def test_reads_grow_with_the_corpus_and_not_with_its_square():
    """Two million files, named only."""

    def reads(count, through_beam):
        song = run_plan.Song(0.02, 45.0, 6000.0, 60.0)
        return run_plan.scale(count, song, through_beam, files=count).reads / count

    assert 0.99 < reads(2_000_000, True) / reads(200_000, True) < 1.01
    assert reads(2_000_000, False) > 3 * reads(200_000, False)


def test_the_verb_starts_nothing(corpus, tmp_path, capsys):
    before = sorted(tmp_path.rglob("*"))
    flags = [f"--input={corpus}", f"--output={tmp_path}/data", "--plan"]
    assert COMMAND.main(flags) == 0
    out, err = capsys.readouterr()
    assert not err
    assert re.search(r"^30 files, .*B; some 30 songs with up to [\d,]+ measures", out)
    assert re.search(r"^CPU: .*\nmemory: .*\ndisk: .*\nstorage: .* reads", out, re.MULTILINE)
    assert sorted(tmp_path.rglob("*")) == before


def test_sizes_are_for_people():
    sizes = [0, 999, 1000, 35_499_000, 1.25e9, 12e9, 2.5e15]
    texts = ["0 bytes", "999 bytes", "1.0 kB", "35 MB", "1.2 GB", "12 GB", "2,500.0 TB"]
    assert [run_plan.size(count) for count in sizes] == texts
