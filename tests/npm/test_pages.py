"""Pages that use the npm package, in Chromium: the examples, and what a policy forbids."""

import base64
import json
import pathlib
import re
import shutil
import subprocess

import numpy as np
import pytest
from closeness import assert_close
from node_packages import install
from patience import PATIENCE_SECONDS

from gm_vae.music.measures import measures_from_midi
from gm_vae.music.midi_file import parse_midi

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = "node_modules/gm-vae/examples"


def check_music(answer, bars, files=1):
    """The MIDI files of a page's answer."""
    assert answer["errors"] == []
    assert len(answer["files"]) == files
    music = [base64.b64decode(file) for file in answer["files"]]
    for midi in music:
        assert len(measures_from_midi(midi)[0]) == bars
    return music


def test_chords_with_two_styles(site, serve, visit):
    url = f"{serve(site)}/{EXAMPLES}/chords.html?model=/model"
    first, second = check_music(visit("chords", url), bars=4, files=2)
    assert first != second


def test_encode_and_interpolate_in_a_worker(site, serve, visit, tmp_path):
    song = tmp_path / "song.mid"
    done = subprocess.run(
        ["node", site / EXAMPLES / "node.mjs", site / "model", song],
        cwd=site,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0
    url = f"{serve(site)}/{EXAMPLES}/interpolate.html?model=/model"
    answer = visit("interpolate", url, file=str(song))
    assert answer["said"] == "5 bars"
    assert answer["errors"] == []
    (midi,) = answer["files"]
    assert len(parse_midi(base64.b64decode(midi)).pitch) > 20


def test_a_service_worker_makes_files(site, serve, visit):
    url = f"{serve(site)}/{EXAMPLES}/service_worker/?model=/model"
    check_music(visit("serviceWorker", url), bars=4)


@pytest.mark.clients
def test_react_through_vite(site, serve, visit, tmp_path):
    install(HERE)
    app = tmp_path / "app"
    shutil.copytree(site / EXAMPLES / "vite", app)
    shutil.copytree(HERE / "node_modules", app / "node_modules", symlinks=True)
    shutil.copytree(site / "node_modules/gm-vae", app / "node_modules/gm-vae")
    built = subprocess.run(
        ["node", "node_modules/vite/bin/vite.js", "build"],
        cwd=app, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    (app / "dist/model").symlink_to(site / "model")
    (midi,) = check_music(visit("react", serve(app / "dist")), bars=8)
    score = parse_midi(midi)
    assert {int(p) for p, d in zip(score.program, score.is_drum) if not d} == {0, 25, 33}
    assert score.is_drum.any()


@pytest.fixture
def empty_page(site):
    """The path of a page without scripts, on a server of `site`."""
    (site / "empty.html").write_text('<!doctype html><meta charset="utf-8">')
    return "empty.html"


def by_time(notes):
    """Rows whose first column is a time, sorted by it, which counts from the first on."""
    array = np.array(sorted(notes), float)
    array[:, 0] -= array[0, 0]
    return array[np.lexsort([*array.T[1:], array[:, 0].round(3)])]


SCHEDULED = 3e-3  # s; transports round to ticks


@pytest.mark.clients
def test_the_players_of_magenta_play_measures(site, serve, visit, empty_page):
    magenta = HERE.parent / "js" / "magenta"
    install(magenta)
    (site / "mm").symlink_to(magenta / "node_modules/@magenta/music/dist")
    scripts = ["/mm/magentamusic.js", "/node_modules/gm-vae/dist/gm-vae.js"]
    answer = visit("players", f"{serve(site)}/{empty_page}", scripts=scripts)
    assert answer["errors"] == []
    expected = by_time(answer["notes"])
    assert len(expected) > 20
    for player in ("synths", "font"):
        assert_close(by_time(answer[player]), expected, 1, size=1, unit=SCHEDULED)


@pytest.mark.clients
def test_tone_plays_measures_by_the_code_of_the_readme(site, serve, visit, empty_page):
    install(HERE)
    (site / "tone.js").symlink_to(HERE / "node_modules/tone/build/Tone.js")
    readme = (HERE.parents[1] / "packages/engine/README.md").read_text()
    (code,) = re.findall(r"```js\n(import \* as Tone.*?)```", readme, re.DOTALL)
    code = re.sub(r"^import .*$", "", code, flags=re.MULTILINE)
    scripts = ["/tone.js", "/node_modules/gm-vae/dist/gm-vae.js"]
    answer = visit("tone", f"{serve(site)}/{empty_page}", scripts=scripts, code=code)
    assert answer["errors"] == []
    expected = by_time(answer["expected"])
    assert len(expected) > 10
    assert_close(by_time(answer["struck"]), expected, 1, size=1, unit=SCHEDULED)
    assert answer["loudest"] > 0.01


PAGE = '<!doctype html><p id="said"></p><script type="module" src="app.js"></script>'
APP = """
import {MusicVAE} from './gm-vae/dist/index.js';
import {WorkerMusicVAE} from './gm-vae/dist/worker_client.js';
const said = [];
const policy = trustedTypes.createPolicy('music', {createScriptURL: (url) => url});
const script = policy.createScriptURL('gm-vae/dist/worker.js');
for (const Model of [MusicVAE, WorkerMusicVAE]) {
  try {
    const model = new Model(new URL('model', location.href), undefined, () => new Worker(script));
    const [bar] = await model.sample(1, 0.5, {chordProgression: ['C'], seed: 1});
    said.push(bar.notes.length > 0 ? 'music' : 'nothing');
  } catch ({message}) {
    said.push(message);
  }
}
document.getElementById('said').textContent = said.join(' and ');
"""


@pytest.mark.parametrize("allowed", [True, False])
def test_a_strict_policy(site, serve, visit, tmp_path, allowed):
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "app.js").write_text(APP)
    (tmp_path / "gm-vae").symlink_to(site / "node_modules/gm-vae")
    (tmp_path / "model").symlink_to(site / "model")
    wasm = " 'wasm-unsafe-eval'" if allowed else ""
    policy = (
        f"default-src 'none'; script-src 'self'{wasm}; connect-src 'self'; worker-src 'self'; "
        "require-trusted-types-for 'script'; trusted-types music"
    )
    said = visit("said", serve(tmp_path, {"Content-Security-Policy": policy}))["said"]
    if allowed:
        assert said == "music and music"
    else:
        assert said.count("add 'wasm-unsafe-eval' to its script-src") == 2


CDN = """<!doctype html><p id="said"></p>
<script src="SCRIPTS/gm-vae.js"></script>
<script type="module">
import {WorkerMusicVAE} from 'SCRIPTS/worker_client.js';
const said = [];
for (const Model of [gmvae.MusicVAE, gmvae.WorkerMusicVAE, WorkerMusicVAE]) {
  const model = new Model('model');
  const [bar] = await model.sample(1, 0.5, {chordProgression: ['C'], seed: 1});
  said.push(bar.notes.length);
}
document.getElementById('said').textContent = said.join(' ');
</script>
"""


def test_scripts_of_another_site_start_their_worker(site, serve, visit, tmp_path):
    scripts = serve(site / "node_modules/gm-vae/dist", {"Access-Control-Allow-Origin": "*"})
    (tmp_path / "index.html").write_text(CDN.replace("SCRIPTS", scripts))
    (tmp_path / "model").symlink_to(site / "model")
    answer = visit("said", serve(tmp_path))
    assert answer["errors"] == []
    first, *others = answer["said"].split()
    assert int(first) > 0
    assert others == [first, first]


BOTH = """
import {MusicVAE} from './gm-vae/dist/index.js';
import {WorkerMusicVAE} from './gm-vae/dist/worker_client.js';

const C = {chordProgression: ['C'], seed: 4};
const url = new URL('model', location.href);

/** What a class answers to each of its methods. */
async function answers(Model) {
  const model = new Model(url);
  const loaded = [];
  await model.initialize({onProgress: ({loaded: bytes, total}) => loaded.push(bytes / total)});
  const isLoaded = loaded.at(-1) === 1;
  const bars = await model.sample(2, 0.5, C, 24, 90);
  const z = await model.encode(bars, C);
  const rows = await z.array();
  const progress = [];
  await model.sample(5, 0.5, {...C, onProgress: ({loaded: done}) => progress.push(done)});
  const controller = new AbortController();
  const ended = await model.sample(40, 0.5, {
    ...C, signal: controller.signal, onProgress: () => controller.abort(),
  }).catch(({name}) => name);
  const found = {
    sizes: [model.zDims, model.dataConverter.numSteps, model.isInitialized()],
    bars, rows, shape: z.shape, progress, ended, isLoaded,
    decoded: await model.decode(z, 0.5, C),
    between: await model.interpolate(bars, 3, 0, C),
    similar: await model.similar(bars[0], 2, 0.5, 0.5, C),
    attributes: await model.attributes(),
    moved: await (await model.move(rows, {density: 1})).array(),
    wrong: await model.sample(1, 0.5).catch(({message}) => message),
  };
  model.dispose();
  return {...found, disposed: model.isInitialized()};
}

const [here, there] = [await answers(MusicVAE), await answers(WorkerMusicVAE)];
const differ = Object.keys(here).filter((key) =>
  JSON.stringify(here[key]) !== JSON.stringify(there[key]));
document.getElementById('said').textContent = JSON.stringify({...here, differ});
"""


def test_a_worker_answers_what_the_class_answers(site, serve, visit, tmp_path):
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "app.js").write_text(BOTH)
    (tmp_path / "gm-vae").symlink_to(site / "node_modules/gm-vae")
    (tmp_path / "model").symlink_to(site / "model")
    answer = visit("said", serve(tmp_path))
    assert answer["errors"] == []
    found = json.loads(answer["said"])
    assert found["differ"] == []
    assert found["sizes"] == [128, 512, True]
    assert found["progress"] == [4, 5]
    assert found["ended"] == "AbortError"
    assert found["isLoaded"] is True
    assert len(found["between"]) == 3
    assert "Chord progression expected" in found["wrong"]
    assert found["disposed"] is False
