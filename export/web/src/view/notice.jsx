import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {texts} from '../texts/texts.js';

/** @import {Notice as NoticeText} from '../studio/store.js' */

const NOTICE_MS = 6000;

/**
 * Shows a notice for a few seconds; one with an action stays until it is closed.
 * @param {?NoticeText} notice the latest
 * @returns {[shown: ?NoticeText, close: () => void]}
 */
export function useNotice(notice) {
  const [shown, setShown] = useState(/** @type {?NoticeText} */ (null));
  useEffect(() => {
    if (!notice) return undefined;
    setShown(notice);
    if (notice.action) return undefined; // stays until it is answered
    const timer = setTimeout(() => setShown(null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return [shown, () => setShown(null)];
}

/** @param {{notice: ?NoticeText, close: () => void}} props */
export function Notice({notice, close}) {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notice && <NoticeLine key={notice.id} notice={notice} close={close} />}
    </div>
  );
}

/** @param {{notice: NoticeText, close: () => void}} props */
function NoticeLine({notice, close}) {
  const line = useRef(/** @type {?HTMLParagraphElement} */ (null));
  const before = useRef(/** @type {?EventTarget} */ (null)); // element that had the focus
  const {text, isError, action} = notice;
  const remember = (/** @type {FocusEvent} */ {relatedTarget}) => {
    if (!(relatedTarget instanceof Node && line.current?.contains(relatedTarget))) {
      before.current = relatedTarget;
    }
  };
  useLayoutEffect(() => {
    const own = line.current;
    return () => { // returns the focus if the notice had it
      const hasFocus = own?.contains(document.activeElement);
      if (hasFocus && before.current instanceof HTMLElement) before.current.focus();
    };
  }, []);
  return (
    <p class={`notice ${isError ? 'is-error' : ''}`} ref={line}>
      <span>{text}</span>
      {action && (
        <button type="button" class="notice-close" onFocus={remember} onClick={() => {
          close();
          action.run();
        }}>{action.label}</button>
      )}
      <button type="button" class="notice-close" onClick={close} onFocus={remember}>
        {texts.app.ok}</button>
    </p>
  );
}
