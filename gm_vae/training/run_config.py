"""run.json: the settings of a run, the process that writes it, and the agreement of workers."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import socket
from collections.abc import Iterator
from typing import Any

from gm_vae.backends.interface import Trainer
from gm_vae.checkpoints.checkpoint import Checkpoint, fingerprint
from gm_vae.checkpoints.tensors import MAX_DESCRIPTION_BYTES
from gm_vae.data.dataset import Dataset
from gm_vae.errors import UsageError, UserError
from gm_vae.files import read_bounded
from gm_vae.json_values import Fields, MapOf, Text, Whole, WrongValue, anything, brief, parse
from gm_vae.locks import lock
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.storage import whole_file

_HOLDER = ".writer.json"  # the process that currently writes the folder, for messages
_FILE = Fields(
    {
        "model": Fields({"fmt": anything}),
        "training": MapOf(anything),
        "dataset": MapOf(anything),
    }
)
_MAY_CHANGE = ("keep", "save_every", "log_every", "validation_measures")  # when a run is resumed

Settings = dict[str, dict[str, Any]]


def settings_of(
    model: ModelConfig, config: TrainConfig, dataset: Dataset, start: Checkpoint | None = None
) -> Settings:
    """The content of run.json: all settings that determine the losses of a run."""
    measures = {name: split.measures for name, split in dataset.splits.items()}
    return {
        "model": model.to_dict(),
        "training": {
            **config.to_dict(),
            "finetune": fingerprint(start.weights) if start else None,
        },
        "dataset": {**measures, "sha256": dataset.sha256},
    }


@contextlib.contextmanager
def claimed(folder: pathlib.Path, settings: Settings, fmt: MeasureFormat) -> Iterator[None]:
    """The run folder, locked for this process, with run.json of these settings.

    Writes run.json into a new run folder, or checks that an existing run is the same. Partly
    written files of a killed run are removed. In the block, other processes cannot claim the
    folder.

    Raises:
        UsageError: the folder contains something else or a run with other settings, or another
            process trains in it.
        UserError: it cannot be read or written.
    """
    try:
        _require_same(folder, settings, fmt)
        folder.mkdir(parents=True, exist_ok=True)
        held = lock(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    if held is None:
        raise UsageError(
            f"{folder} is being written by another gm-vae train{_holder(folder)}; wait for it, end "
            "it, or choose another --output."
        )
    try:
        _write(folder, settings)
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / _HOLDER).unlink()
        os.close(held)


def _require_same(folder: pathlib.Path, settings: Settings, fmt: MeasureFormat) -> None:
    """Raise UserError unless the folder is new or contains a run with these settings."""
    path = folder / "run.json"
    if not path.exists():
        if folder.is_dir() and any(entry.name != _HOLDER for entry in folder.iterdir()):
            raise UsageError(f"{folder} is not empty and not a run; choose another --output.")
    else:
        try:
            old = parse(read_bounded(path, MAX_DESCRIPTION_BYTES), _FILE)
            old_fmt = MeasureFormat.from_dict(old["model"]["fmt"])
            # a cosine or timed learning rate depends on the number of steps
            asked = settings["training"]
            bound = asked["schedule"] == "cosine" or asked["minutes"] is not None
            free = () if bound else ("steps",)
            differing = list(
                dict.fromkeys(
                    _difference(section, name, old[section].get(name), value)
                    for section in settings
                    for name, value in settings[section].items()
                    if name not in (*_MAY_CHANGE, *free, "fmt") and old[section].get(name) != value
                )
            )
            if old_fmt != fmt:
                differing.insert(0, f"measure format: {old_fmt.differences(fmt)}")
        except OSError as error:
            raise UserError(
                f"{path} cannot be read ({error.strerror}); choose another --output."
            ) from None
        except WrongValue as error:
            raise UserError(f"{path} cannot be read ({error}); choose another --output.") from None
        except UserError as error:  # an error about a field, without the file
            raise type(error)(f"{path}: {error}") from None
        if differing:
            raise UsageError(
                f"{folder} holds a run with other settings ({'; '.join(differing)}); choose "
                "another --output, or repeat the flags of that run to resume it."
            )


def _difference(section: str, name: str, old: Any, new: Any) -> str:
    """How a setting of the existing run differs from the requested one."""
    if section == "dataset":
        return "--data: another dataset there"
    if name == "finetune":  # fingerprints of weights mean nothing to users
        there = "no" if old is None else "another" if new is not None else "a"
        return f"--finetune: {there} model there"

    def text(value: Any) -> str:
        value = ",".join(map(str, value)) if isinstance(value, list) else value
        return brief(str(value).lower() if isinstance(value, bool) else str(value), 60)

    return f"--{name}: {text(old)} there, {text(new)} here"


def _write(folder: pathlib.Path, settings: Settings) -> None:
    """Write run.json and the holder of the folder; remove leftovers of a killed run."""
    try:
        with whole_file(folder / "run.json") as stream:
            stream.write((json.dumps(settings, indent=1) + "\n").encode())
        holder = {"process": os.getpid(), "host": socket.gethostname()}
        (folder / _HOLDER).write_text(json.dumps(holder) + "\n", encoding="utf-8")
        for left in (*folder.glob(".run.*"), *folder.glob("state/.*")):
            left.unlink()
        for left in (*folder.glob(".checkpoint.*"), *folder.glob(".best.*")):
            shutil.rmtree(left)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _holder(folder: pathlib.Path) -> str:
    """Which process holds the lock, if it has recorded that."""
    rule = Fields({"process": Whole(), "host": Text(255)})
    try:
        holder = parse(read_bounded(folder / _HOLDER, 1000), rule)
    except (OSError, UserError, WrongValue):
        return ""
    return f" (process {holder['process']} on {holder['host']})"


def _unwritable(folder: pathlib.Path, error: OSError) -> UserError:
    return UserError(f"cannot write to {folder} ({error.strerror}); choose another --output.")


def check_workers_agree(
    trainer: Trainer, folder: pathlib.Path, step: int, settings: Settings
) -> None:
    """Raise UsageError, on every worker, unless all begin at the same step with equal settings."""
    if not trainer.multiworker:
        return
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).digest()
    rows = trainer.gather([step, int.from_bytes(digest[:7], "big")])
    steps, digests = zip(*rows)
    if len(set(steps)) > 1:
        raise UsageError(
            f"the workers find different steps in {folder} ({', '.join(map(str, steps))}); all "
            "workers must share one folder."
        )
    if len(set(digests)) > 1:
        raise UsageError(
            "the workers were started with different flags or datasets; give each the same."
        )
