"""A traced TensorFlow function -> the folder that `tf.loadGraphModel` of TensorFlow.js reads.

model.json contains the graph (TensorFlow's GraphDef as JSON), its inputs and outputs by name, and
the manifest of the shards, which contain all constants, including the weights. The converter of the
tensorflowjs package does the same, but cannot be installed with current versions of TensorFlow.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.framework.graph_pb2 import GraphDef
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.core.framework.types_pb2 import DataType

from gm_vae.checkpoints.tensors import SHARD_BYTES, write_json, write_shards
from gm_vae.version import __version__

MODEL = "model.json"

_NEVER_FOLDED = ("Placeholder", "TensorListReserve", "TensorListFromTensor")


def write_graph_model(
    folder: str | os.PathLike[str],
    function: tf.types.experimental.ConcreteFunction,
    quantization: str = "none",
    shard_bytes: int = SHARD_BYTES,
) -> None:
    """Write a function without variables, whose inputs and outputs have names.

    Nodes that depend only on constants are computed here, so that the reader need not compute them
    at every call.

    Args:
        folder: the output folder, created if missing.
        function: returns a dict of tensors; its weights are constants.
        quantization: storage type of float tensors; see `write_tensors`.
        shard_bytes: size of every shard but the last.

    Raises:
        UserError: the folder cannot be written, or a weight is too large for float16.
    """
    outputs = {tensor.op.name: name for name, tensor in function.structured_outputs.items()}
    graph = _Constants.of(function.graph.as_graph_def(), outputs)
    for node in graph.graph.node:  # output nodes, which no other node reads
        node.name = outputs.get(node.name, node.name)
    manifest = write_shards(folder, graph.values, quantization, shard_bytes)
    model = {
        "format": "graph-model",
        "generatedBy": f"tensorflow {tf.__version__}",
        "convertedBy": f"gm-vae {__version__}",
        "signature": {
            "inputs": {
                tensor.op.name: _about(tensor.op.name, tensor) for tensor in function.inputs
            },
            "outputs": {
                name: _about(name, each) for name, each in function.structured_outputs.items()
            },
        },
        "userDefinedMetadata": {"structuredOutputKeys": list(function.structured_outputs)},
        "modelTopology": json_format.MessageToDict(graph.graph),
        "weightsManifest": manifest,
    }
    write_json(pathlib.Path(folder) / MODEL, model)


@dataclasses.dataclass(frozen=True)
class _Constants:
    """A graph and, separately, the values of its constants, by node name."""

    graph: GraphDef
    values: dict[str, np.ndarray]

    @classmethod
    def of(cls, graph: GraphDef, outputs: Iterable[str]) -> _Constants:
        """Keep nodes that the outputs need, fold constants, and extract their values."""
        nodes = _needed({node.name: node for node in graph.node}, outputs)
        values = _folded(graph, nodes, set(outputs))
        same = _first_of_equals(values)
        small = GraphDef(versions=graph.versions)
        called = set()
        for name, node in _needed(nodes, outputs, stop=set(values)).items():
            if name not in values:
                small.node.append(_plain(node, same))
                called |= {attr.func.name for attr in node.attr.values() if attr.HasField("func")}
            elif same[name] == name:
                dtype = tf.as_dtype(values[name].dtype).as_datatype_enum
                small.node.add(name=name, op="Const").attr["dtype"].type = dtype
        values = {name: values[name] for name in sorted(set(same.values()))}
        for function in sorted(graph.library.function, key=lambda each: each.signature.name):
            if function.signature.name in called:
                values |= _take_constants(small.library.function.add(), function)
        return cls(small, values)


def _folded(graph: GraphDef, nodes: dict[str, NodeDef], outputs: set[str]) -> dict[str, np.ndarray]:
    """Values of all constant nodes, and of the last nodes that depend only on constants."""
    constant: set[str] = set()
    for name, node in nodes.items():  # in order: inputs come first
        known = all(_node_of(wire) in constant for wire in node.input)
        if known and node.op not in _NEVER_FOLDED and name not in outputs:
            constant.add(name)
    wanted = {
        _node_of(wire)
        for name, node in nodes.items()
        if name not in constant
        for wire in node.input
        if _node_of(wire) in constant
    }
    several = {_node_of(w) for node in nodes.values() for w in node.input if w.endswith(":1")}
    if wanted & several:  # a node of several outputs cannot become one constant
        raise ValueError(f"cannot fold {sorted(wanted & several)}")
    with tf.Graph().as_default() as imported:
        tf.graph_util.import_graph_def(graph, name="")
        with tf.compat.v1.Session(graph=imported) as session:
            return dict(zip(sorted(wanted), session.run([f"{name}:0" for name in sorted(wanted)])))


def _needed(
    nodes: dict[str, NodeDef], outputs: Iterable[str], stop: Iterable[str] = ()
) -> dict[str, NodeDef]:
    """The nodes that the outputs need, inputs first; nodes in `stop` need none."""
    needed: dict[str, NodeDef] = {}
    waiting = [(name, False) for name in outputs]
    while waiting:
        name, ready = waiting.pop()
        if ready:
            needed[name] = nodes[name]
        elif name not in needed:
            waiting.append((name, True))
            if name not in stop:
                waiting += [(_node_of(wire), False) for wire in _data(nodes[name])]
    return needed


def _first_of_equals(values: dict[str, np.ndarray]) -> dict[str, str]:
    """Name -> the first name with the same value: unrolled steps share weights."""
    first_names: dict[tuple, str] = {}
    return {
        name: first_names.setdefault((value.dtype, value.shape, value.tobytes()), name)
        for name, value in sorted(values.items())
    }


def _take_constants(target: Any, function: Any) -> dict[str, np.ndarray]:
    """Copy the body of a loop without the values of its constants, which are returned.

    TensorFlow.js has one table of weights for a graph and all its functions: names are made unique.
    """
    prefix = function.signature.name
    target.signature.CopyFrom(function.signature)
    constants = [node for node in function.node_def if node.op == "Const"]
    names = {node.name: f"{prefix}/{node.name}" for node in constants}
    for key, wire in function.ret.items():
        target.ret[key] = _renamed(wire, names)
    for node in function.node_def:
        copy = target.node_def.add()
        copy.CopyFrom(_plain(node, names))
        copy.name = names.get(node.name, node.name)
        copy.attr.pop("value", None)
    return {names[node.name]: tf.make_ndarray(node.attr["value"].tensor) for node in constants}


def _plain(node: NodeDef, names: dict[str, str]) -> NodeDef:
    """A node without attributes that only TensorFlow needs, with renamed inputs."""
    copy = NodeDef(name=node.name, op=node.op)
    copy.input.extend(_renamed(wire, names) for wire in _data(node))
    for name, value in node.attr.items():
        if not name.startswith("_"):
            copy.attr[name].CopyFrom(value)
    return copy


def _renamed(wire: str, names: dict[str, str]) -> str:
    name, colon, port = wire.partition(":")
    return names.get(name, name) + colon + port


def _data(node: NodeDef) -> list[str]:
    """The inputs of a node that carry values; the others only order side effects."""
    return [wire for wire in node.input if not wire.startswith("^")]


def _node_of(wire: str) -> str:
    return wire.lstrip("^").partition(":")[0]


def _about(name: str, tensor: tf.Tensor) -> dict[str, Any]:
    """The signature entry of an input or output, which has the name of its node."""
    sizes = [{"size": str(-1 if size is None else size)} for size in tensor.shape]
    dtype = DataType.Name(tensor.dtype.as_datatype_enum)
    return {"name": f"{name}:0", "dtype": dtype, "tensorShape": {"dim": sizes}}
