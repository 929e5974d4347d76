"""The npm package of packages/engine: its content, and that it works when installed."""

import json
import pathlib
import re
import subprocess
import tarfile

import pytest
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
    assert exported["."] == ["ChordError", "MusicVAE", "SequenceError", "Tensor"]
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


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_types(site, resolution):
    """A user's program, strictly checked."""
    (site / "app.ts").write_text(
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
        """
    )
    options = {
        "strict": True, "noEmit": True, "target": "es2022", "types": [],
        "module": "nodenext" if resolution == "nodenext" else "esnext",
        "moduleResolution": resolution, "lib": ["es2023", "dom"], "noUncheckedIndexedAccess": True,
    }  # fmt: skip
    (site / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": options, "files": ["app.ts"]})
    )
    (site / "package.json").write_text('{"type": "module"}')
    node(site, ENGINE / "node_modules/typescript/bin/tsc", "-p", ".")


def test_the_example_for_node_writes_music(site, tmp_path):
    example = site / "node_modules/gm-vae/examples/node.mjs"
    output = tmp_path / "song.mid"
    said = node(site, example, site / "model", output, "C | Am F | G7")
    assert re.search(r"3 bars, \d{2,} notes", said)
    measures, _ = measures_from_midi(output.read_bytes())
    assert len(measures) == 3


def test_examples_are_short():
    for path in (ENGINE / "examples").rglob("*"):
        if path.is_file():
            assert len(path.read_text().splitlines()) < 100, path
