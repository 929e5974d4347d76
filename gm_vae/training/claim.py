"""run.json: whose run a folder holds, and whether all workers mean the same run."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
from typing import Any

from gm_vae.data.dataset import Dataset
from gm_vae.errors import UsageError, UserError
from gm_vae.model.checkpoint import Checkpoint, fingerprint
from gm_vae.model.config import ModelConfig
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.training.config import TrainConfig
from gm_vae.training.engine import Engine

_MAY_CHANGE = ("keep", "save_every", "log_every", "validation_measures")  # when it goes on

Settings = dict[str, dict[str, Any]]


def settings_of(
    model: ModelConfig, config: TrainConfig, dataset: Dataset, start: Checkpoint | None = None
) -> Settings:
    """The content of run.json: all that the losses of a run follow from."""
    measures = {name: split.measures for name, split in dataset.splits.items()}
    return {
        "model": model.to_dict(),
        "training": {
            **config.to_dict(),
            "finetune": fingerprint(start.weights) if start else None,
        },
        "dataset": {**measures, "sha256": dataset.sha256},
    }


def claim(folder: pathlib.Path, settings: Settings, fmt: MeasureFormat) -> None:
    """Write run.json into a new run folder, or see that the run there is this one.

    What a killed run left half written is removed.

    Raises:
        UsageError: the folder holds something else, or a run of other settings.
        UserError: it cannot be read or written.
    """
    path = folder / "run.json"
    if not path.exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty and no run; choose another --output.")
    else:
        try:
            old = json.loads(path.read_text(encoding="utf-8"))
            old_fmt = MeasureFormat.from_dict(old["model"]["fmt"])
            # the learning rate along a cosine, or by the clock, follows from the number of steps
            asked = settings["training"]
            bound = asked["schedule"] == "cosine" or asked["minutes"] is not None
            free = () if bound else ("steps",)
            differing = [
                f"{part}.{name}: {old[part].get(name)} there, {value} asked for"
                for part in settings
                for name, value in settings[part].items()
                if name not in (*_MAY_CHANGE, *free, "fmt") and old[part].get(name) != value
            ]
            if old_fmt != fmt:
                differing.insert(0, f"measure format: {old_fmt.differences(fmt)}")
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            raise UserError(f"{path} cannot be read; choose another --output.") from None
        if differing:
            raise UsageError(
                f"{folder} holds a run with other settings ({'; '.join(differing)}); choose "
                "another --output, or the same flags to go on."
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".run.json.{os.getpid()}"
        part.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
        os.replace(part, path)
        for left in (*folder.glob(".run.json.*"), *folder.glob("state/.*.part")):
            left.unlink()
        for left in (*folder.glob(".checkpoint.*"), *folder.glob(".best.*")):
            shutil.rmtree(left)
    except OSError as error:
        raise UserError(
            f"cannot write to {folder} ({error.strerror}); choose another --output."
        ) from None


def require_agreement(engine: Engine, folder: pathlib.Path, step: int, settings: Settings) -> None:
    """Raise UsageError, on every worker, unless all begin at one step with equal settings."""
    if not engine.multiworker:
        return
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).digest()
    rows = engine.gather([step, int.from_bytes(digest[:7], "big")])
    steps, digests = zip(*rows)
    if len(set(steps)) > 1:
        raise UsageError(
            f"the workers find different steps in {folder} ({', '.join(map(str, steps))}); it must "
            "be one folder that all of them see."
        )
    if len(set(digests)) > 1:
        raise UsageError(
            "the workers were started with different flags or datasets; give each the same."
        )
