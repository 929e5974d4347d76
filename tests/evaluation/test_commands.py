"""`gm-vae evaluate` as a user types it: a table, JSON, pictures, mistakes in one sentence."""

import json

import pytest
from closeness import NETWORK, assert_close
from PIL import Image

from gm_vae.cli import main
from gm_vae.data.dataset import load
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.config import ModelConfig
from gm_vae.model.vae import HierarchicalVAE


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    GMVAE(HierarchicalVAE(ModelConfig(16, (16, 16), 8))).save(folder)
    return str(folder)


@pytest.mark.slow
def test_a_report_of_table_json_and_pictures(capsys, model_folder, songs_dataset, tmp_path):
    folder = tmp_path / "report"
    argv = [
        "evaluate", f"--model={model_folder}", f"--data={songs_dataset}", "--limit=12",
        "--draws=2", "--samples=8", "--temperature=0.7", f"--output={folder}",
    ]  # fmt: skip
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == [
        "evaluation.json", "kl_by_unit.png", "reconstruction_1.png", "reconstruction_2.png",
        "reconstruction_3.png", "reconstruction_4.png", "samples.png", "tokens_by_type.png",
    ]  # fmt: skip
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.width > 300
            assert len(set(picture.convert("L").resize((64, 64)).getdata())) > 8  # not blank
    values = json.loads((folder / "evaluation.json").read_text())
    assert values["measures"] == values["reconstructions"]["measures"] == 12
    assert values["split"] == "test"
    assert values["importance_weighted"]["draws"] == 2
    assert values["samples"]["count"] == 8
    assert values["samples"]["temperature"] == 0.7
    assert values["sources"] == list(load(songs_dataset).sources)
    assert len(values["unit_kl"]) == len(values["unit_variance"]) == 8
    for text in (
        f"bits per measure    {values['bits_per_measure']:.1f}",
        f"bits per measure    {values['importance_weighted']['bits_per_measure']:.1f} at most",
        f"F1 {values['reconstructions']['note_f1']:.3f}",
        f"{100 * values['reconstructions']['real_note_time_in_chord']:.1f} % real",
        "note off",
        f"active units        {values['active_units']} of 8",
        f"F1 {values['reconstructions']['pitched_note_f1']:.3f} pitched, "
        f"{values['reconstructions']['drum_note_f1']:.3f} drums",
        "8 samples at temperature 0.7",
        "shared rhythm",
        "AUC of a classifier",
    ):
        assert text in out

    assert main(argv) == 2
    assert "--force" in capsys.readouterr().err
    path = tmp_path / "figures.json"
    assert main([*argv[:-4], "--draws=0", "--samples=0", f"--output={path}"]) == 0
    report = json.loads(path.read_text())
    assert report["importance_weighted"] is None
    assert report["samples"] is None
    assert_close(report["bits_per_measure"], values["bits_per_measure"], NETWORK)
    out = capsys.readouterr().out
    assert "at most" not in out
    assert "distance" not in out


def test_mistakes_are_one_sentence(capsys, model_folder, songs_dataset, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.json").mkdir()
    model, data = f"--model={model_folder}", f"--data={songs_dataset}"
    for argv, words in (
        ((model,), "--data is missing"),
        ((model, data, "--draws=-1"), "--draws=-1; give 0 or more"),
        ((model, data, "--samples=-1"), "--samples=-1; give 0 or more"),
        ((model, data, "--samples=10001"), "--samples=10001; give 10,000 at most"),
        ((model, data, "--temperature=-1"), "--temperature=-1.0; give 0 or more"),
        ((model, data, "--limit=0"), "--limit=0; give 1 or more"),
        ((model, data, "--onset_tolerance=-2"), "--onset_tolerance=-2"),
        ((model, data, f"--output={tmp_path / 'file'}"), "name a folder"),
        ((model, data, f"--output={tmp_path / 'folder.json'}"), "is a folder"),
        ((model, f"--data={tmp_path}"), "not a dataset"),
        ((model, data, "--split=exam"), "exam"),
    ):
        assert main(["evaluate", *argv]) == 2
        err = capsys.readouterr().err
        assert words in err, (argv, err)
        assert err.count("\n") == 1, err
