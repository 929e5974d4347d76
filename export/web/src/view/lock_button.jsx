import {texts} from '../texts/texts.js';
import {Icon} from './icons.jsx';

/** @import {Share} from '../state/kept.js' */

/** @type {Record<Share, boolean | 'mixed'>} */
const PRESSED = {none: false, some: 'mixed', all: true};

/**
 * Locks or unlocks a bar or a part.
 * @param {{share: Share, label: string, toggle: () => void}} props
 */
export function LockButton({share, label, toggle}) {
  return (
    <button type="button" class="toggle lock" aria-pressed={PRESSED[share]} aria-label={label}
      title={texts.kept.titles[share]} onClick={toggle}>
      <Icon name={share === 'none' ? 'unlock' : 'lock'} /></button>
  );
}
