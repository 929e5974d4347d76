import {render} from 'preact';

import {Studio} from './studio/studio.js';
import {App} from './view/app.jsx';

const here = new URL('.', import.meta.url);
const soundfont = /** @type {HTMLMetaElement} */ (
  document.querySelector('meta[name="soundfont"]')).content;
const studio = new Studio({
  model: new URL('model/', here).href,
  worker: new URL('worker.js', here).href,
  soundfont: soundfont && new URL(soundfont, here).href,
});
render(<App studio={studio} />, /** @type {HTMLElement} */ (document.getElementById('page')));
studio.start();
Object.assign(window, {studio}); // for the curious, and for tests
