import {render} from 'preact';

import {nextTask} from '../../../packages/engine/src/engine/next_task.js';
import {keepOffline, takeLaunchedFiles} from './studio/offline.js';
import {Studio} from './studio/studio.js';
import {ownLanguage, speak} from './texts/texts.js';
import {App} from './view/app.jsx';

const here = new URL('.', import.meta.url);
/** Returns the URL in a <meta> element; '' if its content is empty. @param {string} name */
const addressIn = (name) => {
  const {content} = /** @type {HTMLMetaElement} */ (document.querySelector(`meta[name="${name}"]`));
  return content && new URL(content, here).href;
};
const worker = /** @type {HTMLLinkElement} */ (document.querySelector('link#worker'));
const studio = new Studio({
  model: new URL('model/', here).href,
  worker: worker.href,
  soundfont: addressIn('soundfont'),
  attributes: addressIn('attributes'),
});
await speak(ownLanguage()).catch(() => {}); // falls back to English on failure
await nextTask();
render(<App studio={studio} />, /** @type {HTMLElement} */ (document.getElementById('page')));
keepOffline(new URL('sw.js', here).href).then(() => studio.start())
  .then(() => takeLaunchedFiles((file) => studio.open(file)));
Object.assign(window, {studio}); // for the console and for tests
