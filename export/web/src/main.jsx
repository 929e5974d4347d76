import {render} from 'preact';

import {Studio} from './studio/studio.js';
import {App} from './view/app.jsx';

const here = new URL('.', import.meta.url);
const soundfont = /** @type {HTMLMetaElement} */ (
  document.querySelector('meta[name="soundfont"]')).content;
const worker = /** @type {HTMLLinkElement} */ (document.querySelector('link#worker'));
const studio = new Studio({
  model: new URL('model/', here).href,
  worker: worker.href,
  soundfont: soundfont && new URL(soundfont, here).href,
});
render(<App studio={studio} />, /** @type {HTMLElement} */ (document.getElementById('page')));
studio.start();
Object.assign(window, {studio}); // for the curious, and for tests
