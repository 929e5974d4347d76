import {useEffect, useState} from 'preact/hooks';

/** @import {Notice as NoticeText} from '../studio/store.js' */

const NOTICE_MS = 6000;

/** What the page has to say, for a while. @param {{notice: ?NoticeText}} props */
export function Notice({notice}) {
  const [shown, setShown] = useState(/** @type {?NoticeText} */ (null));
  useEffect(() => {
    if (!notice) return undefined;
    setShown(notice);
    if (notice.action) return undefined; // it waits for an answer
    const timer = setTimeout(() => setShown(null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notices" role="status" aria-live="polite">
      {shown && (
        <p class={`notice ${shown.isError ? 'is-error' : ''}`}>
          <span>{shown.text}</span>
          {shown.action && (
            <button type="button" class="notice-close" onClick={() => {
              setShown(null);
              shown.action?.run();
            }}>{shown.action.label}</button>
          )}
          <button type="button" class="notice-close" onClick={() => setShown(null)}>OK</button>
        </p>
      )}
    </div>
  );
}
