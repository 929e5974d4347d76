"""Our readers of archives: the same as Python's for valid ones, and reports of all others."""

import gzip
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import zipfile

import pytest
from hostile_archives import (
    END_OF_TAR,
    SONG,
    hostile,
    made_up,
    member,
    pax,
    xz_of_dictionary,
    zip_archive,
)

from gm_vae.data import shards
from gm_vae.music.measures import measures_from_midi
from gm_vae.pipelines import archives, compression, songs, sources, tar_reader, zip_reader
from gm_vae.pipelines.midi_to_measures import preprocess

FUZZ = pathlib.Path(__file__).parent.parent / "fuzz" / "fuzz_archives.py"


def _files(rng):
    """Names (short, long, of other letters, in folders) and data of all sizes around blocks."""
    names = ["a.mid", "söng 歌.mid", "deep/" * 30 + "x.mid", "y" * 300 + ".mid", "d/" + "z" * 90]
    sizes = [0, 1, 511, 512, 513, 1024, 70_000, rng.randrange(5000)]
    return [(name, rng.randbytes(rng.choice(sizes))) for name in names * 3]


def _entries(entries):
    return [(entry.name, entry.size, entry.content()) for entry in entries]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("compression_name", ["", "gz", "bz2", "xz"])
def test_tar_archives_are_read_as_by_python(form, compression_name):
    rng = random.Random(form)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=f"w:{compression_name}", format=form) as archive:
        ustar = form == tarfile.USTAR_FORMAT  # which holds no other names
        for number, (name, data) in enumerate(_files(rng)):
            info = tarfile.TarInfo("deep/" * 20 + "x.mid" if ustar and len(name) > 100 else name)
            info.size, info.mtime = len(data), 1.5 if form == tarfile.PAX_FORMAT else 1
            archive.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo(f"link {number}" + "x" * (0 if ustar else 120))
            link.type = rng.choice([tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
            link.linkname = "a.mid" if ustar else info.name
            archive.addfile(link)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as archive:
        expected = [
            (info.name, info.size, archive.extractfile(info).read())
            for info in archive
            if info.isreg()
        ]
    assert len(expected) == 15
    for wanted in (1.0, 0.5, 0.0):  # unread files are skipped
        stream.seek(0)
        entries = tar_reader.entries(compression.expanded(stream), archives.Budget(0))
        for entry, (name, size, data) in zip(entries, expected, strict=True):
            assert (entry.name, entry.size) == (name, size)
            if rng.random() < wanted:
                assert entry.head == data[:512]
                assert entry.content() == data


def test_tar_headers_of_all_times():
    # without a magic word, and a folder by its name alone
    old = b"".join(member(name, SONG, b"\0", {257: bytes(8)}) for name in (b"a.mid", b"b.mid"))
    old += member(b"folder/", b"", b"\0", {257: bytes(8)})
    # GNU keeps other things where ustar has the prefix of a name
    gnu = member(b"c.mid", SONG, b"0", {257: b"ustar  \0", 345: b"13371337133"})
    # a long name before a pax header, and a size that does not fit into twelve bytes of octal
    both = member(b"L", b"first.mid\0", b"L") + pax(path=b"second.mid") + member(b"third", SONG)
    unknown = member(b"label", b"x" * 600, b"V") + pax(b"g", comment=b"made by hand")
    data = old + gnu + unknown + both + END_OF_TAR
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        names = [info.name for info in archive if info.isreg()]
    assert names == ["a.mid", "b.mid", "13371337133/c.mid", "first.mid"]  # a fault of Python's
    entries = _entries(tar_reader.entries(io.BytesIO(data), archives.Budget(0)))
    names[2] = "c.mid"
    assert entries == [(name, len(SONG), SONG) for name in names]


@pytest.mark.parametrize(
    "method",
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_zip_archives_are_read_as_by_python(method, streamed):
    class Unseekable(io.BytesIO):  # then sizes and checksums follow the data
        def seek(self, *_):
            raise OSError

        def seekable(self):
            return False

    rng = random.Random(method)
    stream = Unseekable() if streamed else io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.comment = b"made by a test"
        archive.writestr("folder/", b"")
        for number, (name, data) in enumerate(_files(rng)):
            info = zipfile.ZipInfo(f"{number}{name}")
            info.compress_type, info.comment = method, b"x" * number
            with archive.open(info, "w", force_zip64=number % 2 == 1) as file:
                file.write(data)
    for before in (b"", b"a program that unpacks itself"):
        whole = io.BytesIO(before + stream.getvalue())
        with zipfile.ZipFile(whole) as archive:
            expected = [
                (info.filename, info.file_size, archive.read(info))
                for info in archive.infolist()
                if not info.is_dir()
            ]
        assert len(expected) == 15
        assert _entries(zip_reader.entries(whole)) == expected


def test_zip64_records():
    song = {"name": b"a.mid", "data": SONG}
    for zip64 in ({}, {"count": 7}):
        data = zip_archive([song, song], zip64=zip64, before=b"before")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert [archive.read(info) for info in archive.infolist()] == [SONG, SONG]
        assert [data for _, _, data in _entries(zip_reader.entries(io.BytesIO(data)))] == [SONG] * 2


def test_pax_records_of_any_shape():
    assert tar_reader.pax_records(b"12 path=abc\n10 size=7\n13 comment=x\n") == {
        b"path": b"abc",
        b"size": b"7",
    }
    for bad in (b"", b"0 path=a\n", b"9 path=a", b"99 path=a\n", b"-9 path=a\n", b"x", b" ", b"1 "):
        assert tar_reader.pax_records(bad) == {}
        assert tar_reader.pax_records(b"12 path=abc\n" + bad) == {b"path": b"abc"}
    rng = random.Random(0)
    for _ in range(2000):
        tar_reader.pax_records(bytes(rng.choices(b"0123456789 =\npathsize", k=60)))


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_compressed_streams(kind):
    import bz2
    import lzma

    compress = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[kind]
    rng = random.Random(0)
    data = [b"", b"x", rng.randbytes(200_000), bytes(3_000_000)]
    for several in (data[:1], data[1:2], data[2:3], data[3:], data, data[::-1]):
        packed = b"".join(map(compress, several))
        for behind in (b"", bytes(64), b"something else"):
            stream = compression.expanded(io.BytesIO(packed + behind))
            assert stream.read(100) + stream.read() == b"".join(several)
    whole = compress(data[2])
    with pytest.raises(EOFError):
        compression.expanded(io.BytesIO(whole[: len(whole) // 2])).read()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    with pytest.raises(compression.ERRORS):
        compression.expanded(io.BytesIO(damaged)).read()


# --- archives in archives


def _zip(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _tar(files, mode="w"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def _read(path, parts=None):
    if parts is None:
        read = songs.read(sources.find(path))
    else:
        read = [
            song
            for task in songs.tasks(sources.find(path), parts)
            for _, members in songs.blocks(task)
            for member in members
            if (song := member.read())
        ]
    return {song.name: song.error or song.data for song in read}


@pytest.mark.parametrize("outer", [_zip, _tar, lambda files: _tar(files, "w:xz")])
def test_archives_in_archives(outer, tmp_path, monkeypatch):
    inner = {"a.mid": SONG + b"a", "b/c.mid.gz": gzip.compress(SONG + b"c"), "readme": b"no"}
    records = b"".join(map(shards.frame, [b"one", b"two"]))
    locked = zip_archive([{"name": b"a.mid"}])
    files = {
        "first.mid": SONG + b"1",
        "in.zip": _zip(inner),
        "in.tar": _tar(inner),
        "in.tgz": _tar(inner, "w:gz"),
        "no suffix": _zip(inner),
        "songs.tfrecord": records,
        "deeper.zip": _zip(
            {"x.mid": SONG, "in.zip": _zip(inner), "in.tar.xz": _tar(inner, "w:xz")}
        ),
        "song.mid": _zip(inner),
        "cut.tar": _tar(inner)[:1100],
        "cut.zip": locked[:40],
        "x.rar": b"Rar!\x1a\x07\x01\0 and so on",
        "._in.zip": b"resource fork",
        "last.mid": SONG + b"9",
    }
    path = tmp_path / "x"
    path.write_bytes(outer(files))
    expected = {"x/first.mid": SONG + b"1", "x/last.mid": SONG + b"9", "x/deeper.zip/x.mid": SONG}
    for name in ("in.zip", "in.tar", "in.tgz", "no suffix"):
        expected |= {f"x/{name}/a.mid": SONG + b"a", f"x/{name}/b/c.mid.gz": SONG + b"c"}
    expected |= {"x/songs.tfrecord/0": b"one", "x/songs.tfrecord/1": b"two"}
    too_deep = "an archive in an archive in an archive is not read; unpack the outer ones"
    expected |= {"x/deeper.zip/in.zip": too_deep, "x/deeper.zip/in.tar.xz": too_deep}
    expected["x/song.mid"] = "an archive under the name of a MIDI file; rename it"
    expected["x/x.rar"] = "a RAR archive is not supported; unpack it first"
    expected["x/cut.tar/a.mid"] = SONG + b"a"
    for name, why in (("cut.tar", "cut short"), ("cut.zip", "it has no directory")):
        expected[f"x/{name}"] = f"damaged archive, read as far as possible ({why})"
    assert _read(path) == expected
    monkeypatch.setattr(songs, "_BLOCK_SONGS", (2, 2))
    for parts in (1, 3):
        assert _read(path, parts) == expected


def test_the_public_case_of_a_zip_in_a_zip(shared):
    path = shared / "cases/midi/nested_zip_in_zip.zip"
    if not path.exists():
        pytest.skip(f"there is no {path}")
    read = _read(path)
    assert sorted(name.removeprefix(f"{path.name}/") for name in read) == [
        "../evil.mid", "dir\\win.mid", "inner.zip/in1.mid", "inner.zip/in2.mid", "outer.mid",
        "x.mid.gz",
    ]  # fmt: skip
    assert all(data.startswith(b"MThd") for data in read.values())


def test_limits_of_an_archive_in_an_archive(tmp_path, monkeypatch):
    monkeypatch.setattr(songs, "_MAX_INNER_BYTES", 1000)
    large = _tar({"a.mid": SONG})
    locked = zip_archive([{"name": b"in.zip", "data": _zip({"a.mid": SONG}), "flags": 1}])
    (tmp_path / "x.zip").write_bytes(_zip({"in.tar": large, "b.mid": SONG}))
    (tmp_path / "y.zip").write_bytes(locked)
    read = _read(tmp_path)
    assert read["x.zip/in.tar"].startswith("an archive in an archive, larger than ")
    assert read["x.zip/b.mid"] == SONG
    assert read["y.zip/in.zip"] == "encrypted"


def test_the_budget_is_one_for_all_that_is_within(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_LEAST_EXPANDED_BYTES", 5_000_000)
    bomb = _zip({f"{n}.mid": SONG + bytes(1_000_000) for n in range(3)})
    path = tmp_path / "x.zip"
    path.write_bytes(_zip({f"{n}.zip": bomb for n in range(50)}))
    read = _read(path)
    good = [name for name, data in read.items() if isinstance(data, bytes)]
    assert 3 <= len(good) < 9
    assert "expands to over 100 times its size" in read["x.zip"]
    for parts in (2, 3):
        assert _read(path, parts) == read


@pytest.mark.parametrize("size_code", [32, 36])  # dictionaries of 256 MiB and 1 GiB
def test_xz_of_large_dictionaries_is_read(tmp_path, size_code):
    """Large corpora are packed with such."""
    path = tmp_path / "x.tar.xz"
    path.write_bytes(xz_of_dictionary(member(b"a.mid", SONG) + END_OF_TAR, size_code))
    assert list(_read(path).values()) == [SONG]


def test_names_of_any_length_are_shortened(tmp_path):
    path = tmp_path / "x.tar"
    path.write_bytes(member(b"L", b"n" * 500_000 + b".mid", b"L") + member(b"n", SONG) + END_OF_TAR)
    ((name, data),) = _read(path).items()
    assert data == SONG
    assert len(name) < 1010


# --- archives that mean harm


@pytest.mark.slow
def test_hostile_archives_within_bounds_of_time_and_memory(tmp_path):
    done = subprocess.run(
        [sys.executable, FUZZ, "--mutants=100", "--seed=1", f"--failures={tmp_path}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout


def test_made_up_archives_are_the_same_each_time():
    assert made_up(3, 14) == made_up(3, 14) != made_up(3, 15)


@pytest.mark.slow
def test_hostile_archives_cost_no_other_file(midi_files, tmp_path):
    (name, data), *_ = midi_files.items()
    folder = tmp_path / "songs"
    folder.mkdir()
    cases = {key: case for key, case in hostile().items() if len(case[0]) < 100_000}
    del cases["one_file_often.zip"]  # 256 MB of songs, which take half a minute to parse
    for key, (content, _) in cases.items():
        (folder / key).write_bytes(content)
    (folder / f"zz {name}").write_bytes(data)
    made = preprocess(folder, tmp_path / "data", workers=1)
    assert made.bars["kept"] == len(measures_from_midi(data)[0])
    reports = gzip.decompress((made.directory / made.rejects[0]).read_bytes()).splitlines()
    rejects = [json.loads(line) for line in reports]
    for key, (_, expected) in cases.items():
        errors = [line["error"] for line in rejects if line["song"].split("/")[0] == key]
        if expected != "read":
            assert any(expected in error for error in errors)
        assert sum(error.startswith("damaged archive") for error in errors) <= 1
    assert os.listdir(tmp_path / "data")


def test_a_fault_of_ours_costs_one_archive(tmp_path, monkeypatch):
    def entries(_):
        raise ZeroDivisionError("oh")

    (tmp_path / "a.zip").write_bytes(_zip({"a.mid": SONG}))
    (tmp_path / "b.mid").write_bytes(SONG)
    monkeypatch.setattr(zip_reader, "entries", entries)
    read = _read(tmp_path)
    assert "internal error (ZeroDivisionError: oh)" in read["a.zip"]
    assert read["b.mid"] == SONG
