"""The figures of a card: the music they are from, and only known ones."""

import pytest

from gm_vae.checkpoints.checkpoint import Checkpoint
from gm_vae.checkpoints.folder import FIGURES
from gm_vae.checkpoints.model_card import model_card
from gm_vae.json_values import WrongValue
from gm_vae.model.config import ModelConfig

FOUND = {
    "sources": ["songs.zip", "more|songs"],
    "split": "test",
    "measures": 1234,
    "bits_per_measure": 201.25,
    "reconstructions": {"note_f1": 0.25, "pitched_note_f1": 0.125, "drum_note_f1": 0.5},
    "samples": {
        "temperature": 0.5, "distance": 0.2, "distance_floor": 0.1, "auc": 0.75,
        "auc_floor": 0.5,
    },
}  # fmt: skip


def card(evaluation):
    FIGURES(evaluation)  # as it is read
    checkpoint = Checkpoint(ModelConfig(16, (16, 16), 8), {}, {"evaluation": evaluation})
    return model_card(checkpoint, "checkpoint")


def test_figures_say_on_which_music():
    text = card(FOUND)
    for line in (
        "| music | songs.zip, more\\|songs |",
        "| measures | 1,234 (test split) |",
        "| F1 of greedy notes | 0.250 |",
        "| of them pitched | 0.125 |",
        "| of them drums | 0.500 |",
        "| distance from real measures, samples at temperature 0.5 | 0.200 (real music 0.100) |",
        "| AUC of a classifier, samples at temperature 0.5 | 0.750 (real music 0.500) |",
    ):
        assert line in text


@pytest.mark.parametrize("samples", [None, {"temperature": 1, "auc": None}])
def test_unknown_values_are_left_out(samples):
    text = card({"split": "test", "measures": 3, "samples": samples})
    assert "AUC" not in text
    assert "distance" not in text
    assert "| music" not in text


@pytest.mark.parametrize(
    "wrong", [{"samples": {"auc": 1.0}}, {"samples": {"temperature": "hot"}}, {"sources": "a"}]
)
def test_figures_of_others_are_checked(wrong):
    with pytest.raises(WrongValue):
        FIGURES(wrong)
