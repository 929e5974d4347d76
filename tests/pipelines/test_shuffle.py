"""Measures are sent from chunks to shards by files or through the engine, with the same bytes."""

import collections
import json

import pytest

from gm_vae import arranger, storage
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.pipelines import run_pipeline, sink, songs, sources, splits
from gm_vae.pipelines.extract import Extractor
from gm_vae.pipelines.midi_to_measures import preprocess
from gm_vae.pipelines.song_table import SongTable

FORMAT = MeasureFormat()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Songs of which half occur twice, in other blocks."""
    folder = tmp_path_factory.mktemp("shuffle") / "songs"
    arranger.write_corpus(folder, count=24, seed=5)
    for path in sorted(folder.iterdir())[:12]:
        (folder / f"z-{path.name}").write_bytes(path.read_bytes())
    return folder


def _run(corpus, folder, with_records, monkeypatch):
    """Shards by name, the counts, and the number of reads by each step."""
    folder.mkdir()
    extractor = Extractor(str(folder), FORMAT)
    made = [
        chunk
        for task in songs.tasks(sources.find(corpus), 1)
        for chunk in extractor.chunks(task, lambda size: None)
    ]
    plan = splits.plan(SongTable.of(song for chunk in made for song in chunk.songs), 10, 10)
    reads = collections.Counter()
    read = storage.read

    def counted(path, *args):
        reads[step] += 1
        return read(path, *args)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "read", counted)
        patch.setattr(sink, "MEASURES_PER_SHARD", 40)
        step = "cut"
        pieces = collections.defaultdict(list)
        cutter = sink.CutChunks(with_records)
        for chunk in made:
            for name, piece in cutter.process(storage.to_bytes(chunk.path), plan):
                pieces[name].append(piece)
        step = "write"
        writer = sink.WriteShard(str(folder), FORMAT)
        counts = [c for item in sorted(pieces.items()) for c in writer.process(item)]
    shards = {name: (folder / name).read_bytes() for name in pieces}
    return shards, counts, reads, len(made)


def test_both_ways_give_the_same_and_one_reads_each_chunk_once(corpus, tmp_path, monkeypatch):
    by_files, counts, reads, made = _run(corpus, tmp_path / "files", False, monkeypatch)
    assert len(by_files) > 4
    # about as many as chunks times shards; here some chunks have no part in a shard
    assert 0.8 * made * len(by_files) < reads["write"] <= made * len(by_files)
    assert set(reads) == {"write"}
    through, same_counts, reads, made = _run(corpus, tmp_path / "engine", True, monkeypatch)
    assert through == by_files
    assert json.dumps(same_counts) == json.dumps(counts)
    assert reads == {"cut": made}


@pytest.mark.slow
def test_a_complete_run_through_beam(corpus, tmp_path, monkeypatch):
    expected = preprocess(corpus, tmp_path / "files", workers=1)
    whole_run = run_pipeline.run
    monkeypatch.setattr(
        run_pipeline,
        "run",
        lambda arguments, **options: whole_run({**arguments, "through_beam": True}, **options),
    )
    made = preprocess(corpus, tmp_path / "engine", workers=2)
    for path in expected.directory.iterdir():
        assert (made.directory / path.name).read_bytes() == path.read_bytes()
