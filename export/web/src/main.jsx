import {render} from 'preact';

import {Studio} from './studio.js';
import {App} from './view/app.jsx';

const here = new URL('.', import.meta.url);
const soundfont = document.querySelector('meta[name="soundfont"]').content;
const studio = new Studio({
  model: new URL('model/', here).href,
  worker: new URL('worker.js', here).href,
  soundfont: soundfont && new URL(soundfont, here).href,
});
render(<App studio={studio} />, document.getElementById('page'));
studio.start();
window.studio = studio; // for the curious, and for tests
