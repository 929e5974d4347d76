import {LANGUAGES, chooseLanguage, texts} from '../texts/texts.js';

/** @import {Studio} from '../studio/studio.js' */

/** The language of the page. @param {{studio: Studio}} props */
export function Language({studio}) {
  return (
    <label class="language hint">
      {texts.language}{' '}
      <select class="select" value={texts.code}
        onChange={async (event) => {
          const box = event.currentTarget;
          await studio.attempt(texts.failed.language, () => chooseLanguage(box.value));
          box.value = texts.code; // shows the current language if the change failed
          studio.changed();
        }}>
        {Object.entries(LANGUAGES).map(([code, name]) =>
          <option value={code} lang={code} key={code}>{name}</option>)}
      </select>
    </label>
  );
}
