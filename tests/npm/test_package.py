"""The npm package of packages/engine: its content, and that it works when installed."""

import json
import pathlib
import platform
import re
import subprocess
import tarfile

import pytest
from node_packages import install
from patience import PATIENCE_SECONDS

from gm_vae.music.measures import measures_from_midi
from gm_vae.version import __version__

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE = ROOT / "packages" / "engine"


def node(folder, *arguments):
    done = subprocess.run(
        ["node", *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_tarball_contains_only_what_users_need(tarball):
    with tarfile.open(tarball) as archive:
        names = {name.removeprefix("package/") for name in archive.getnames()}
    assert {"LICENSE", "README.md", "package.json", "dist/index.js", "dist/gm-vae.js"} <= names
    assert {name.split("/")[0] for name in names} == {
        "LICENSE", "README.md", "package.json", "dist", "examples",
    }  # fmt: skip
    assert (ENGINE / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    description = json.loads((ENGINE / "package.json").read_text())
    assert description["version"] == __version__
    assert "dependencies" not in description
    assert tarball.stat().st_size < 150_000


def test_every_export_exists(site):
    script = """
      const {exports} = JSON.parse(require('fs').readFileSync('node_modules/gm-vae/package.json'));
      const names = Object.keys(exports).filter((name) => !/[.](js|json)$/.test(name));
      Promise.all(names.map(async (name) => {
        const all = await import('gm-vae' + name.slice(1));
        return [name, Object.keys(all).sort()];
      })).then((found) => console.log(JSON.stringify(Object.fromEntries(found))));
    """
    exported = json.loads(node(site, "-e", script))
    assert exported["."] == [
        "ChordError", "MusicVAE", "SequenceError", "Tensor", "unquantizeSequence", "voiced",
    ]  # fmt: skip
    assert exported["./worker"] == ["WorkerMusicVAE"]
    assert {"midiToMeasures", "midiToSequenceProto", "sequenceProtoToMidi"} <= {*exported["./midi"]}
    assert {"chordLine", "nearestChordId"} <= {*exported["./chords"]}


def test_a_script_tag_makes_a_global(site):
    script = """
      const vm = require('vm');
      const code = require('fs').readFileSync('node_modules/gm-vae/dist/gm-vae.js', 'utf8');
      const context = vm.createContext({WebAssembly, atob, URL});
      vm.runInContext(code, context);
      const names = 'typeof gmvae.MusicVAE + typeof gmvae.sequenceProtoToMidi';
      console.log(vm.runInContext(names, context));
    """
    assert node(site, "-e", script).strip() == "functionfunction"


def check_types(site, program, resolution="bundler", **more):
    """A program of a user, strictly checked."""
    options = {
        "strict": True, "noEmit": True, "target": "es2022", "types": [], "skipLibCheck": True,
        "module": "nodenext" if resolution == "nodenext" else "esnext",
        "moduleResolution": resolution, "lib": ["es2023", "dom"], "noUncheckedIndexedAccess": True,
        **more,
    }  # fmt: skip
    (site / "app.ts").write_text(program)
    (site / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": options, "files": ["app.ts"]})
    )
    (site / "package.json").write_text('{"type": "module"}')
    node(site, ENGINE / "node_modules/typescript/bin/tsc", "-p", ".")


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_types(site, resolution):
    check_types(
        site,
        """
        import {MusicVAE, type ControlArgs, type MeasureSequence} from 'gm-vae';
        import {midiToMeasures, sequenceProtoToMidi} from 'gm-vae/midi';
        import {chordLine} from 'gm-vae/chords';
        import {WorkerMusicVAE} from 'gm-vae/worker';

        // as TensorFlow.js has it
        declare const tensor: {shape: number[]; data<D extends 'float32'>(): Promise<Float32Array>};

        export async function app(model: MusicVAE | WorkerMusicVAE): Promise<Uint8Array> {
          const controls: ControlArgs = {chordProgressions: chordLine('C | Am F'), seed: 1};
          await model.initialize({onProgress: ({loaded, total}) => loaded / total});
          const bars: MeasureSequence[] = await model.sample(2, 0.5, controls, 24, 120);
          const z = await model.encode(bars, ['C']);
          const rows: number[][] = await z.array();
          await model.decode(rows, undefined, controls);
          await model.decode(tensor, 0.5, controls);
          const [first, second] = midiToMeasures(sequenceProtoToMidi(bars), model.dataConverter);
          const ends = [first!.noteSequence!, second!.noteSequence!];
          // @ts-expect-error there is no such control
          await model.sample(1, 0.5, {chord: 'C'});
          return sequenceProtoToMidi(await model.interpolate(ends, [2, 2], 0, controls));
        }
        """,
        resolution,
        skipLibCheck=False,
    )


@pytest.mark.clients
def test_types_are_those_of_magenta(site):
    """Our class is assignable to theirs, except for tensors."""
    magenta = ROOT / "tests/js/magenta"
    install(magenta)
    check_types(
        site,
        """
        import {MusicVAE, unquantizeSequence, type MeasureSequence} from 'gm-vae';
        import {midiToMeasures, midiToSequenceProto, sequenceProtoToMidi} from 'gm-vae/midi';
        import {WorkerMusicVAE} from 'gm-vae/worker';
        import {MusicVAE as Client} from '@magenta/music/esm/music_vae';
        import * as core from '@magenta/music/esm/core';
        import {type INoteSequence, NoteSequence} from '@magenta/music/esm/protobuf';
        import type {Tensor2D} from '@tensorflow/tfjs';

        type Methods = Pick<Client, 'initialize' | 'isInitialized' | 'dispose' | 'sample' |
          'decode' | 'interpolate' | 'similar' | 'zDims' | 'initialized'>;
        type Matrix = Pick<Tensor2D, 'shape' | 'array' | 'arraySync' | 'dispose' | 'isDisposed' |
          'size' | 'rank' | 'dtype'>;
        type Encodes = {encode(...args: Parameters<Client['encode']>): Promise<Matrix>};
        type Converter = Pick<core.data.MultitrackConverter, 'depth' | 'numSteps' | 'numSegments' |
          'endToken' | 'stepsPerQuarter' | 'totalSteps' | 'numVelocityBins' |
          'SEGMENTED_BY_TRACK' | 'NUM_SPLITS'>;
        type Made = new (...args: ConstructorParameters<typeof Client>) => Methods & Encodes;

        export const classes: Made[] = [MusicVAE, WorkerMusicVAE];

        export async function app(ours: MusicVAE, theirs: Client, player: core.SoundFontPlayer) {
          const converter: Converter = ours.dataConverter!;
          const bars: MeasureSequence[] = await ours.sample(2);
          const inputs: INoteSequence[] = bars;
          await theirs.similar(bars[0]!, converter.numSegments, 0.5);
          await player.start(unquantizeSequence(bars, 110));
          await player.start(bars[0]!);
          new core.PianoRollSVGVisualizer(bars[0]!, document.querySelector('svg')!);
          const read: INoteSequence = midiToSequenceProto(sequenceProtoToMidi(inputs));
          const message: NoteSequence = NoteSequence.create(read);
          const measures: (INoteSequence | null)[] = midiToMeasures(sequenceProtoToMidi(message))
            .map(({noteSequence}) => noteSequence);
          await ours.encode([message, ...inputs]);
          await ours.decode(await theirs.encode([message]), 0.5, {chordProgression: ['C']});
          const values: Float32Array = await (await ours.encode(bars)).data();
          return {measures, values};
        }
        """,
        paths={"*": [f"{magenta}/node_modules/*"]},
    )


def test_the_example_for_node_writes_music(site, tmp_path):
    example = site / "node_modules/gm-vae/examples/node.mjs"
    output = tmp_path / "song.mid"
    said = node(site, example, site / "model", output, "C | Am F | G7")
    assert re.search(r"3 bars, \d{2,} notes", said)
    measures, _ = measures_from_midi(output.read_bytes())
    assert len(measures) == 3


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [
        pytest.param(
            "--no-enable-sse4-1", "no vector instructions (WebAssembly SIMD)",
            marks=pytest.mark.skipif(
                platform.machine() not in ("x86_64", "AMD64"), reason="turns off what x86 has"
            ),
        ),
        ("--jitless", "no WebAssembly, or a setting turns it off"),
    ],
)  # fmt: skip
def test_what_the_runtime_lacks_is_one_sentence(site, flag, sentence):
    script = """
      import('gm-vae').then(({MusicVAE}) => new MusicVAE('http://localhost:1').sample(1))
        .catch(({message}) => console.log(message));
    """
    said = node(site, flag, "-e", script)
    assert sentence in said
    assert said.count("\n") == 1


def test_examples_are_short():
    for path in (ENGINE / "examples").rglob("*"):
        if path.is_file():
            assert len(path.read_text().splitlines()) < 100, path
