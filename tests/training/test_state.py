"""The state file: exact, skipped if damaged, and only the newest two are kept."""

import errno
import io
import pickle
import resource
import zipfile

import keras
import numpy as np
import pytest

from gm_vae.errors import UserError
from gm_vae.training.state import RunState


@pytest.fixture
def state(tmp_path):
    values = np.random.default_rng(0).normal(size=(50, 60)).astype(np.float32)
    variables = {
        "decoder/kernel": keras.Variable(values),
        "iteration": keras.Variable(0, dtype="int64", trainable=False),
    }
    return RunState(tmp_path / "state", variables)


def set_to(state, step):
    state.variables["iteration"].assign(step)
    state.variables["decoder/kernel"].assign(np.full((50, 60), np.float32(step) / 3))


def save(state, *steps):
    for step in steps:
        set_to(state, step)
        state.save(step)


def restored(state):
    """(step, iteration, a weight, messages) after restoring into other values."""
    messages = []
    set_to(state, -1)
    step = state.restore(messages.append)
    iteration, kernel = state.variables["iteration"], state.variables["decoder/kernel"]
    return step, int(iteration.numpy()), kernel.numpy()[49, 59], messages


def test_the_newest_is_restored_exactly_and_two_are_kept(state):
    assert state.restore(print) == 0
    save(state, 10, 20, 35)
    assert restored(state) == (35, 35, np.float32(35) / 3, [])
    assert sorted(path.name for path in state.folder.iterdir()) == [
        "step-00000020.npz", "step-00000035.npz"
    ]  # fmt: skip


def _flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES = {
    "a bit": _flip,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-700]),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("step 35"),
    "folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_passed_over_and_replaced(state, damage):
    save(state, 20, 35)
    DAMAGES[damage](state.path(35))
    step, iteration, weight, (message,) = restored(state)
    assert (step, iteration, weight) == (20, 20, np.float32(20) / 3)
    assert "step-00000035.npz is damaged" in message
    assert "step 20" in message
    if damage != "folder":
        save(state, 27)  # the run continues, and saves more often
        assert state.steps() == [20, 27]
        save(state, 35)
        assert restored(state) == (35, 35, np.float32(35) / 3, [])


def _npz(path, header, data):
    """A state whose weights have this header, though the zip and its checksums are right."""
    with np.load(path) as stored:
        iteration = io.BytesIO()
        np.save(iteration, stored["iteration"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        text = header.encode("latin-1").ljust(117) + b"\n"
        size = len(text).to_bytes(2, "little")
        file.writestr("decoder/kernel.npy", b"\x93NUMPY\x01\0" + size + text + data)
        file.writestr("iteration.npy", iteration.getvalue())


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ('x',)}",
        "{'descr': '<f4', 'fortran_order': 3, 'shape': (50, 60)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (50, 60)}",
        "{'descr': '|V1000000000', 'fortran_order': False, 'shape': (50, 60)}",
        "{'descr': '<U1', 'fortran_order': False, 'shape': (50, 60)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (50, 60)}",
        "{'descr': 'no type', 'fortran_order': False, 'shape': (50, 60)}",
        "{'descr': __import__('os'), 'shape': ()}",
        "{" * 100,
        "\0" * 100,
    ],
)
def test_hostile_states_are_passed_over(state, header):
    for data in (pickle.dumps([1, 2]), b"\0" * 12_000):
        save(state, 1, 2)
        _npz(state.path(2), header, data)
        assert restored(state)[0] == 1


def test_a_bomb_is_passed_over(state):
    save(state, 1, 2)
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (50, 60)}"
    _npz(state.path(2), header, b"\0" * (1 << 25))
    assert state.path(2).stat().st_size < 1 << 18
    assert restored(state)[0] == 1


def test_two_damaged_ones_are_one_sentence(state):
    save(state, 20, 35)
    for step in (20, 35):
        _flip(state.path(step))
    with pytest.raises(UserError, match=r"damaged.*choose another --output") as caught:
        state.restore(print)
    assert "\n" not in str(caught.value)


def test_a_full_disk_leaves_the_one_before(state):
    save(state, 20)
    set_to(state, 35)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))  # bytes a file may have
    try:
        with pytest.raises(OSError, match="large") as caught:
            state.save(35)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.errno == errno.EFBIG
    assert [path.name for path in state.folder.iterdir()] == ["step-00000020.npz"]
    assert restored(state)[:2] == (20, 20)


def test_a_state_of_other_shapes_is_not_taken(state):
    save(state, 20)
    other = RunState(state.folder, {"iteration": keras.Variable(np.zeros(3, np.float32))})
    with pytest.raises(UserError, match="damaged"):
        other.restore(print)
