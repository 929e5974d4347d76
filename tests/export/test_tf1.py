"""TF1 checkpoints: the original's, bare and packed; damaged ones; those of other models."""

import io
import re
import tarfile
import tempfile

import numpy as np
import pytest

from gm_vae.checkpoints import tf1
from gm_vae.checkpoints.tf1 import read_tf1
from gm_vae.errors import UserError


@pytest.fixture(scope="module")
def save_tf1():
    """Function that saves arrays as a TF1 checkpoint and returns its prefix."""
    tf = pytest.importorskip("tensorflow")

    def save(prefix, arrays):
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            variables = [
                tf.compat.v1.get_variable(
                    name, initializer=tf.constant(np.asarray(value)), use_resource=False
                )
                for name, value in arrays.items()
            ]
            session.run([variable.initializer for variable in variables])
            return tf.compat.v1.train.Saver(variables).save(
                session, str(prefix), write_meta_graph=False
            )

    return save


def assert_same(actual, expected):
    assert set(actual) == set(expected)
    for name, array in expected.items():
        assert actual[name].dtype == np.float32
        np.testing.assert_array_equal(actual[name], array)


@pytest.mark.parametrize("name", ["", "ckpt-0", "ckpt-0.index"])
def test_golden_checkpoint_is_exactly_its_weights(golden_model, golden_weights, name):
    assert_same(read_tf1(golden_model / name), golden_weights)


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tgz"])
def test_golden_checkpoint_in_a_tar(tmp_path, golden_model, golden_weights, suffix):
    path = tmp_path / f"model.{suffix}"
    with tarfile.open(path, "w:" + {"tgz": "gz", "tar": ""}.get(suffix, suffix[4:])) as tar:
        for file in golden_model.glob("ckpt-0.*"):
            tar.add(file, f"../out/of/here/{file.name}")  # the folders inside do not matter
    assert_same(read_tf1(path), golden_weights)
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


def test_slots_of_the_optimizer_are_ignored(tmp_path, golden_weights, save_tf1):
    slots = {}
    for name, array in golden_weights.items():
        slots |= {f"{name}/Adam": array, f"{name}/Adam_1": array}
    counters = {"beta1_power": np.float32(0.9), "beta2_power": np.float32(0.99)}
    counters["global_step"] = np.int64(7)
    prefix = save_tf1(tmp_path / "model.ckpt-7", {**golden_weights, **slots, **counters})
    assert_same(read_tf1(prefix), golden_weights)


def test_folder_with_several_takes_the_latest_or_asks(tmp_path, golden_weights, save_tf1):
    newest = {name: array + 1 for name, array in golden_weights.items()}
    save_tf1(tmp_path / "model.ckpt-1", golden_weights)
    save_tf1(tmp_path / "model.ckpt-2", newest)
    for folder in ("", "/of/the/machine/that/trained/"):
        state = f'model_checkpoint_path: "{folder}model.ckpt-2"\n'
        (tmp_path / "checkpoint").write_text(state)
        assert_same(read_tf1(tmp_path), newest)
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(UserError, match=r"holds 2 checkpoints; .*model\.ckpt-2"):
        read_tf1(tmp_path)


def test_other_models_are_refused(tmp_path, save_tf1):
    names = [
        "encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/kernel",
        "decoder/multi_rnn_cell/cell_0/lstm_cell/kernel",
    ]
    melody = dict.fromkeys(names, np.ones((2, 2), np.float32))
    melody["decoder/output_projection/bias"] = np.ones(90, np.float32)
    prefix = save_tf1(tmp_path / "melody", melody)
    with pytest.raises(UserError, match="a melody MusicVAE"):
        read_tf1(prefix)


def test_nan_is_refused(tmp_path, golden_weights, save_tf1):
    bad = {**golden_weights, "encoder/mu/bias": golden_weights["encoder/mu/bias"] * np.nan}
    with pytest.raises(UserError, match=r"encoder/mu/bias .* NaN"):
        read_tf1(save_tf1(tmp_path / "bad", bad))


def test_invalid_checkpoints_are_reported_in_one_sentence(tmp_path, golden_model):
    index = (golden_model / "ckpt-0.index").read_bytes()
    data = (golden_model / "ckpt-0.data-00000-of-00001").read_bytes()

    def folder(name, index, data):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.index").write_bytes(index)
        if data is not None:
            (tmp_path / name / "c.data-00000-of-00001").write_bytes(data)
        return tmp_path / name

    (tmp_path / "broken.tar").write_bytes(b"no tar at all" * 100)
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    with tarfile.open(tmp_path / "two.tar", "w") as tar:
        for where in ("a", "b"):
            member = tarfile.TarInfo(f"{where}/c.index")
            member.size = len(index)
            tar.addfile(member, io.BytesIO(index))
    with tarfile.open(tmp_path / "link.tar", "w") as tar:
        link = tarfile.TarInfo("c.index")
        link.type, link.linkname = tarfile.SYMTYPE, str(golden_model / "ckpt-0.index")
        tar.addfile(link)
    (tmp_path / "empty").mkdir()
    cases = {
        tmp_path / "nowhere": "no TensorFlow checkpoint",
        tmp_path / "empty": "no TensorFlow checkpoint",
        tmp_path / "nowhere.tar": "no TensorFlow checkpoint",
        tmp_path / "broken.tar": "cannot unpack",
        tmp_path / "empty.tar": "no TensorFlow checkpoint",
        tmp_path / "two.tar": "several checkpoints",
        tmp_path / "link.tar": "no TensorFlow checkpoint",
        folder("no_data", index, None): "cannot read the checkpoint",
        folder("short_data", index, data[:1000]): "cannot read the checkpoint",
        folder("other_data", index, data[::-1]): "cannot read the checkpoint",
        folder("no_index", b"", data): "cannot read the checkpoint",
        folder("half_index", index[: len(index) // 2], data): "cannot read the checkpoint",
    }
    for path, sentence in cases.items():
        with pytest.raises(UserError, match=sentence) as caught:
            read_tf1(path)
        assert "\n" not in str(caught.value)
        assert re.search(re.escape(path.name), str(caught.value))


def _header(size=0, kind=tarfile.REGTYPE, name="c.index"):
    """A tar header of 512 bytes with any values."""
    info = tarfile.TarInfo(name)
    info.type = kind
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    if 0 <= size < 8**11:
        block[124:136] = b"%011o\0" % size
    else:  # as GNU writes large and negative ones
        block[124:136] = bytes([0x80 if size > 0 else 0xFF]) + size.to_bytes(11, "big", signed=True)
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + sum(block[156:]) + 8 * 32)
    return bytes(block)


def _pax(text):
    """A pax header: fields of the next member."""
    padding = b"\0" * (-len(text) % 512)
    return _header(len(text), tarfile.XHDTYPE, "pax") + text + padding


def _field(name, value):
    body = f" {name}={value}\n".encode()
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length += 1
    return str(length).encode() + body


@pytest.mark.parametrize(
    "content",
    [
        _header(-512),
        _header(2**87 - 512),
        _header(1 << 40, tarfile.GNUTYPE_SPARSE),
        _header(1 << 30, tarfile.GNUTYPE_LONGNAME),
        _header(1 << 20, tarfile.XHDTYPE) + b"1" * (1 << 20),
        _pax(_field("size", "-512")) + _header(512) + b"\0" * 512,
        _pax(_field("size", "1" + "0" * 30)) + _header(512) + b"\0" * 512,
        _pax(_field("GNU.sparse.map", "0,1,x") + _field("GNU.sparse.size", "9")) + _header(),
        _pax(_field("GNU.sparse.map", "0,9") + _field("GNU.sparse.size", 1 << 40)) + _header(),
        _pax(_field("GNU.sparse.major", "1") + _field("GNU.sparse.minor", "0"))
        + _header(512)
        + b"x\n" * 256,
        _pax(_field("path", "c.index")) * 20_000 + _header(),
    ],
)  # fmt: skip
def test_hostile_archives_are_one_sentence_and_leave_nothing(tmp_path, monkeypatch, content):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "model.tar"
    path.write_bytes(content + b"\0" * 1024)
    with pytest.raises(
        UserError, match=r"cannot unpack .*model\.tar \(.*\); copy it again"
    ) as raised:
        read_tf1(path)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == [path]


def test_no_more_is_unpacked_than_a_checkpoint_has(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("c.index")
        member.size = 10_000_000
        tar.addfile(member, io.BytesIO(b"\0" * member.size))
    monkeypatch.setattr(tf1, "_MOST_BYTES", 9_999_999)
    with pytest.raises(UserError, match="over 9,999,999 bytes"):
        read_tf1(path)
    monkeypatch.setattr(tf1, "_MOST_BYTES", 1 << 30)
    monkeypatch.setattr(tf1, "_MOST_ARCHIVE_BYTES", 10_000_000)  # with the header it is more
    with pytest.raises(UserError, match="no sensible size"):
        read_tf1(path)
    monkeypatch.setattr(tf1, "_MOST_ARCHIVE_BYTES", 1 << 30)

    class Full(io.BytesIO):
        def write(self, piece):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tf1, "open", lambda *args: Full(), raising=False)
    with pytest.raises(UserError, match=r"cannot be kept in .*No space left .*TMPDIR"):
        read_tf1(path)
    assert list(tmp_path.iterdir()) == [path]
