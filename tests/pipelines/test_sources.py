import glob
import gzip
import io
import os
import pathlib
import random
import tarfile
import zipfile

import pytest

from gm_vae.data import shards
from gm_vae.errors import UserError
from gm_vae.pipelines import folders, songs, sources
from gm_vae.pipelines.sources import Kind

MIDI = b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0MTrk\x00\x00\x00\x04\x00\xff\x2f\x00"
RMI = b"RIFF\x00\x00\x00\x00RMIDdata\x00\x00\x00\x00" + MIDI


def _read_all(source_files):
    """(name, data or error) of all MIDI files, sorted."""
    return sorted((song.name, song.data or song.error) for song in songs.read(source_files))


def _read_shared(source_files, shares):
    """The same as `parts` workers read it, block by block."""
    read = [
        song
        for task in songs.tasks(source_files, shares)
        for _, members in songs.blocks(task)
        for member in members
        if (song := member.read())
    ]
    return sorted((song.name, song.data or song.error) for song in read)


def _tar(path, files, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def _zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


@pytest.fixture
def folder(tmp_path):
    """MIDI files of all kinds between other things."""
    root = tmp_path / "music"
    (root / "a" / "b").mkdir(parents=True)
    (root / "__MACOSX").mkdir()
    files = {
        "one.mid": MIDI + b"1",
        "a/two.MIDI": MIDI + b"2",
        "a/b/three.kar": MIDI + b"3",
        "no suffix": MIDI + b"4",
        "a/riff.dat": RMI,
        "packed.mid.gz": gzip.compress(MIDI + b"5"),
        "packed.bin": gzip.compress(MIDI + b"6"),
        "broken.mid": b"no MIDI at all",
        "empty.mid": b"",
        "notes.txt": b"MThe",
        "a/._two.MIDI": b"resource fork",
        "__MACOSX/one.mid": b"resource fork",
    }
    for name, data in files.items():
        (root / name).write_bytes(data)
    os.symlink(root / "nowhere", root / "dangling.mid")
    return root


def test_folder(folder):
    source_files = sources.find(folder)
    assert [source.name for source in source_files] == sorted(
        source.name for source in source_files
    )
    assert _read_all(source_files) == [
        ("a/b/three.kar", MIDI + b"3"),
        ("a/riff.dat", RMI),
        ("a/two.MIDI", MIDI + b"2"),
        ("broken.mid", b"no MIDI at all"),
        ("dangling.mid", "a link to nothing"),
        ("empty.mid", ""),
        ("no suffix", MIDI + b"4"),
        ("one.mid", MIDI + b"1"),
        ("packed.bin", MIDI + b"6"),
        ("packed.mid.gz", MIDI + b"5"),
    ]


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.bz2", "tar.xz", "zip", "misnamed"])
def test_archives_give_the_same_as_folders(folder, tmp_path, suffix, monkeypatch):
    files = [
        (str(path.relative_to(folder)), path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    ]
    path = tmp_path / f"archive.{suffix}"
    if suffix == "zip":
        _zip(path, files)
    else:
        compression = {"tar": "", "misnamed": "xz"}.get(suffix, suffix[4:])
        _tar(path, files, f"w:{compression}")
    (folder / "dangling.mid").unlink()  # the archives hold files only
    expected = [(f"{path.name}/{name}", data) for name, data in _read_all(sources.find(folder))]
    assert _read_all(sources.find(path)) == expected
    monkeypatch.setattr(songs, "_BLOCK_SONGS", (2, 2))
    for parts in (1, 2, 3, 20):
        assert len(list(songs.tasks(sources.find(path), parts))) == parts
        assert _read_shared(sources.find(path), parts) == expected
    # an archive in a folder
    assert _read_all(sources.find(tmp_path))[: len(expected)] == expected


@pytest.mark.parametrize("name", ["x.tfrecord", "x.tfrecord.gz", "misnamed"])
def test_records_of_sequences(tmp_path, name, monkeypatch):
    records = [b"one", b"", b"three" * 1000, *(str(n).encode() for n in range(20))]
    data = b"".join(map(shards.frame, records))
    path = tmp_path / name
    path.write_bytes(data if name == "x.tfrecord" else gzip.compress(data))
    (source,) = sources.find(path)
    assert source.kind == Kind.SEQUENCES
    assert sources.find(tmp_path) == [source]
    read = list(songs.read([source]))
    assert [song.data for song in read] == records
    assert [song.name for song in read] == [f"{name}/{n}" for n in range(len(records))]
    assert all(song.is_sequence for song in read)
    monkeypatch.setattr(songs, "_BLOCK_SONGS", (3, 3))
    assert _read_shared([source], 4) == _read_all([source])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    *_, last = songs.read(sources.find(path))
    assert last.name == name
    assert "damaged archive, read as far as possible (cut short)" in last.error


def test_lists_and_globs_name_each_file_once(folder, tmp_path, monkeypatch):
    _zip(tmp_path / "x,y.zip", [("z.mid", MIDI)])

    def names(text):
        return [source.name for source in sources.find(text)]

    assert names(f"{folder}/*.mid") == ["broken.mid", "dangling.mid", "empty.mid", "one.mid"]
    assert "three.kar" in names(f"{folder}/**/*")
    assert names(f"{folder}/one.mid, {tmp_path}/music/a/../one.mid,{folder}/a/two.MIDI") == [
        "one.mid",
        "two.MIDI",
    ]
    assert names([folder / "one.mid", f"{folder}/*.mid"]) == names(f"{folder}/*.mid")
    assert names(f"{tmp_path}/x,y.zip") == ["x,y.zip"]  # a comma in a name that exists
    monkeypatch.setenv("HOME", str(tmp_path))
    assert names("~/music/one.mid") == ["one.mid"]


@pytest.fixture
def linked(tmp_path):
    """A folder with links to folders and files in it and beside it, and loops of links."""
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere" / "deep" / "far.mid").write_bytes(MIDI + b"far")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "music")
    root = tmp_path / "music"
    (root / "real" / "inner").mkdir(parents=True)
    (root / "real" / "inner" / "near.mid").write_bytes(MIDI + b"near")
    (root / "a link").symlink_to("real")  # sorts before what it leads to
    (root / "real" / "inner" / "loop").symlink_to("../..")
    (root / "real" / "inner" / "loop 2").symlink_to("..")
    (root / "self").symlink_to("self")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    (root / "out 2").symlink_to(tmp_path / "elsewhere" / "deep")
    (root / "z.mid").symlink_to("real/inner/near.mid")
    return root


def test_links_are_followed_once(linked):
    expected = [
        ("out/deep/far.mid", MIDI + b"far"),  # once, though "out 2" leads there too
        ("real/inner/near.mid", MIDI + b"near"),  # by its own place and not by a link
        ("self", "a link to nothing"),
    ]
    assert _read_all(sources.find(linked)) == expected
    # whatever else names the same files, in whatever order
    inputs = [linked / "real", linked, linked / "a link", linked / "out"]
    some = sources.find(inputs)
    assert sources.find(inputs[::-1]) == some
    assert len(some) == 3


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("**/*.mid", ["far.mid", "near.mid"]),
        ("**", ["far.mid", "near.mid", "self"]),
        ("real/**/*.mid", ["far.mid", "near.mid"]),  # the loop leads out again
        ("r*/**/inner/*", ["near.mid"]),
        ("**/deep/**/f?r.mid", ["far.mid"]),
        ("**/out*/**/f?r.mid", ["far.mid"]),
        ("out*/*.mid", ["far.mid"]),
    ],
)
def test_globs_go_through_loops_of_links(linked, pattern, names):
    assert [source.name for source in sources.find(f"{linked}/{pattern}")] == names


def test_globs_of_any_depth_match_as_in_python(tmp_path):
    names = ["x.mid", "a/x.mid", "a/b/x.mid", "a/b/.h.mid", ".a/x.mid", "a/b/c/y.kar", "[a]/x.mid"]
    for number, name in enumerate(names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(MIDI + bytes([number]))
    for pattern in (
        "**", "**/*", "**/*.mid", "a/**", "a/**/b/*", "**/b/**/*.kar", "**/**/x.mid", "*/**/x.mid",
        "**/.h.mid", "**/.*", ".a/**", "**/[[]a]/*", "**/?.*", "a/**/x.mid", "**/a/**/?/x.mid",
    ):  # fmt: skip
        expected = {
            path
            for path in glob.glob(f"{tmp_path}/{pattern}", recursive=True)
            if os.path.isfile(path)
        }
        assert {file.path for file in folders.matches(f"{tmp_path}/{pattern}")} == expected


def test_folders_that_cannot_be_read_are_listed(folder, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith(("/b", "/.git")):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    (folder / ".git").mkdir()
    monkeypatch.setattr(os, "scandir", refuse)
    for inputs, name in ((folder, "a/b/"), (f"{folder}/a*", "b/")):
        read = dict(_read_all(sources.find(inputs)))
        assert read[name] == "permission denied"
        assert MIDI + b"2" in read.values()
    read = _read_all(sources.find(f"{folder}/**/*.mid"))
    assert [error for _, error in read if isinstance(error, str)].count("permission denied") == 1
    with pytest.raises(
        UserError, match=r"a/b cannot be read \(Permission denied\); check its perm"
    ):
        sources.find(folder / "a" / "b")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_unreadable_folders_are_listed(folder):
    (folder / "a").chmod(0)
    (folder / "one.mid").chmod(0)
    try:
        read = dict(_read_all(sources.find(folder)))
    finally:
        (folder / "a").chmod(0o755)
    assert read["a/"] == read["one.mid"] == "permission denied"
    assert read["no suffix"] == MIDI + b"4"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_nothing_waits_for_a_pipe(folder):
    os.mkfifo(folder / "pipe.mid")
    os.mkfifo(folder / "pipe")
    read = dict(_read_all(sources.find(folder)))
    assert read["pipe.mid"] == "no regular file"
    assert "pipe" not in read
    with pytest.raises(UserError, match=r"pipe\.mid is not a regular file"):
        sources.find(folder / "pipe.mid")


def test_archives_that_are_not_supported_are_listed(folder):
    (folder / "a" / "x.rar").write_bytes(b"Rar!\x1a\x07\x01\0 and so on")
    (folder / "a" / "noname").write_bytes(b"7z\xbc\xaf\x27\x1c\0\4")
    (folder / "empty.zip").write_bytes(b"")
    read = dict(_read_all(sources.find(folder)))
    assert read["a/x.rar"] == "a RAR archive is not supported; unpack it first"
    assert read["a/noname"] == "a 7-Zip archive is not supported; unpack it first"
    assert read["empty.zip"].startswith("damaged archive")
    with pytest.raises(UserError, match=r"x\.rar is neither a MIDI file nor"):
        sources.find(folder / "a" / "x.rar")


def test_other_files_than_midi_are_reported_in_a_sentence(folder, tmp_path):
    (tmp_path / "void").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "readme").write_text("x")
    for entry, message in [
        (tmp_path / "void", "There is no MIDI file in .*void"),
        (tmp_path / "text", "There is no MIDI file in .*text"),
        (tmp_path / "none", "none does not exist"),
        (f"{tmp_path}/*.mid", r"There is no MIDI file in .*\*\.mid"),
        (folder / "notes.txt", "notes.txt is neither a MIDI file nor"),
        (f"{folder}, {tmp_path}/none", "none does not exist"),
        ("", "does not exist"),
    ]:
        with pytest.raises(UserError, match=message):
            sources.find(entry)


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.xz", "zip"])
def test_damaged_archives_give_the_songs_before_the_damage(tmp_path, suffix, monkeypatch):
    rng = random.Random(0)
    files = [(f"{n}.mid", MIDI + rng.randbytes(20_000)) for n in range(20)]
    whole = tmp_path / f"whole.{suffix}"
    if suffix == "zip":
        _zip(whole, files)
    else:
        _tar(whole, files, f"w:{suffix[4:]}")
    data = whole.read_bytes()
    path = tmp_path / f"cut.{suffix}"
    path.write_bytes(data[: len(data) // 2])
    monkeypatch.setattr(songs, "_BLOCK_SONGS", (2, 2))
    for parts in (1, 2, 3):
        read = _read_shared(sources.find(path), parts)
        errors = [(name, text) for name, text in read if isinstance(text, str)]
        assert len(errors) == 1  # told once, not by each part
        assert errors[0][0] == path.name
        assert "damaged archive" in errors[0][1]
        if suffix != "zip":  # a zip's directory is at its end
            good = [content for _, content in read if isinstance(content, bytes)]
            assert 5 <= len(good) <= 10
            assert set(good) <= {content for _, content in files}
    # damage in the middle never escapes as an exception
    for _ in range(30):
        damaged = bytearray(data)
        for _ in range(5):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        for song in songs.read([sources.Source(str(path), "x", Kind(suffix[:3]), 0)]):
            assert bool(song.error) != bool(song.data)


@pytest.mark.parametrize("suffix", ["tar", "tar.xz", "zip"])
def test_a_damaged_member_costs_no_other(tmp_path, suffix, monkeypatch):
    packed = gzip.compress(MIDI * 100)
    bad = {"b.mid": packed[:40] + b"damage" + packed[46:], "e.mid": packed[:-12]}
    files = [
        (name, bad.get(name, MIDI + name.encode()))
        for name in ("a.mid", "b.mid", "c.mid", "d.mid", "e.mid", "f.mid")
    ]
    path = tmp_path / f"x.{suffix}"
    _zip(path, files) if suffix == "zip" else _tar(path, files, f"w:{suffix[4:]}")
    monkeypatch.setattr(songs, "_BLOCK_SONGS", (1, 1))
    for parts in (1, 2, 4):
        read = _read_shared(sources.find(path), parts)
        assert sorted(data[-5:] for _, data in read if isinstance(data, bytes)) == [
            b"a.mid", b"c.mid", b"d.mid", b"f.mid",
        ]  # fmt: skip
        errors = {name: text for name, text in read if isinstance(text, str)}
        assert sorted(errors) == [f"x.{suffix}/b.mid", f"x.{suffix}/e.mid"]
        assert errors[f"x.{suffix}/e.mid"] == "cut short"


def test_a_damaged_header_is_not_the_end_of_the_archive(tmp_path):
    files = [(f"{n}.mid", MIDI + bytes(480)) for n in range(6)]  # a header and a block each
    data = bytearray(_tar(tmp_path / "x.tar", files).read_bytes())
    data[3 * 1024 + 5] ^= 0x55
    (tmp_path / "x.tar").write_bytes(data)
    *good, last = songs.read(sources.find(tmp_path / "x.tar"))
    assert len(good) == 3
    assert "damaged archive" in last.error


def test_encrypted_members_are_reported(tmp_path):
    path = _zip(tmp_path / "x.zip", [("secret.mid", MIDI), ("readme", b"x")])
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        data[start + flags] |= 1  # the flag that says "encrypted"
    path.write_bytes(data)
    (song,) = songs.read(sources.find(path))
    assert song == songs.SongFile("x.zip/secret.mid", b"", "encrypted")


def test_bombs_are_reported_without_being_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(songs, "MAX_BYTES", 1 << 20)
    bomb = MIDI + bytes(5 << 20)
    (tmp_path / "x.mid.gz").write_bytes(gzip.compress(bomb))
    (tmp_path / "y.mid").write_bytes(bomb)
    _zip(tmp_path / "z.zip", [("z.mid", bomb), ("fine.mid", MIDI)])
    _tar(tmp_path / "z.tar.xz", [("packed.mid.gz", gzip.compress(bomb))], "w:xz")
    read = dict(_read_all(sources.find(tmp_path)))
    assert read.pop("z.zip/fine.mid") == MIDI
    assert list(read) == ["x.mid.gz", "y.mid", "z.tar.xz/packed.mid.gz", "z.zip/z.mid"]
    assert all("larger than" in error for error in read.values())


def test_progress_adds_up_to_the_input(folder, tmp_path):
    path = _tar(tmp_path / "x.tar.gz", [(f"{n}.mid", MIDI) for n in range(50)], "w:gz")
    for source_files in (sources.find(folder), sources.find(path)):
        total = sum(source.size for source in source_files)
        for shares in (1, 4):
            done = sum(
                member.input_bytes
                for task in songs.tasks(source_files, shares)
                for _, members in songs.blocks(task)
                for member in members
            )
            assert 0.5 * total <= done <= total


def test_no_beam_and_no_tensorflow():
    import subprocess
    import sys

    code = (
        "import sys, gm_vae.pipelines.midi_to_measures, gm_vae.pipelines.dataset_card; "
        "assert not {'tensorflow', 'apache_beam', 'matplotlib', 'note_seq'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=pathlib.Path(__file__).parent)


@pytest.mark.parametrize(
    "entry", ["songs", "songs/*.mid", "songs/a.mid", "songs/b.zip", "./songs/"]
)
def test_a_worker_that_starts_in_another_folder_reads_the_same(tmp_path, monkeypatch, entry):
    """As cluster workers do: a relative path would then be wrong."""
    (tmp_path / "songs").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "songs/a.mid").write_bytes(MIDI)
    with zipfile.ZipFile(tmp_path / "songs/b.zip", "w") as archive:
        archive.writestr("c.mid", MIDI)
    monkeypatch.chdir(tmp_path)
    source_files = sources.find(entry)
    expected = _read_all(source_files)
    assert expected[0][1] == MIDI
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert _read_all(source_files) == expected
