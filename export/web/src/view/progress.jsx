/** Progress display: whether the page is busy, and the file that it fetches. */

import {MODEL} from '../studio/store.js';
import {decimal, texts} from '../texts/texts.js';

/** @import {Fetching, Status} from '../studio/store.js' */

/** A bar at the top of the page; its length is the fetched share. @param {{status: Status}} props */
export function BusyBar({status: {busy, loading, fetching}}) {
  const isBusy = Boolean(busy || loading || fetching);
  const share = fetching?.total ? Math.min(100, (100 * fetching.loaded) / fetching.total) : null;
  return (
    <div class={`busy ${isBusy ? 'is-busy' : ''} ${share === null ? '' : 'is-counted'}`}
      role="progressbar" aria-label={fetching ? nameOf(fetching) : texts.progress.working} aria-hidden={!isBusy}
      aria-valuenow={share === null ? undefined : Math.round(share)}
      aria-valuetext={fetching ? megabytes(fetching) : undefined}
      style={{width: share === null ? '100%' : `${share}%`}} />
  );
}

/**
 * Name and progress of the file being fetched; hidden from screen readers, which read the bar.
 * @param {{fetching: ?Fetching}} props
 */
export function FetchingText({fetching}) {
  if (!fetching) return null;
  return (
    <p class="fetching" aria-hidden="true">
      {texts.progress.line(nameOf(fetching), megabytes(fetching))}</p>
  );
}

/** @param {Fetching} fetching */
const nameOf = ({what}) => (what === MODEL ? texts.progress.model : what);

/** @param {Fetching} fetching */
function megabytes({loaded, total}) {
  const text = (/** @type {number} */ bytes) => decimal(bytes / 1e6, 1);
  return texts.progress.megabytes(text(loaded), total ? text(total) : '');
}
