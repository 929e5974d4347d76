/** Names for styles that nobody named: two words that follow from the seed. */

import {nearestCorner} from './pad.js';

const FIRST = [
  'Amber', 'Velvet', 'Paper', 'Copper', 'Quiet', 'Neon', 'Salt', 'Linen', 'Golden', 'Midnight',
  'Cedar', 'Silver', 'Distant', 'Marble', 'Honey', 'Electric', 'Misty', 'Scarlet', 'Winter',
  'Wild', 'Cobalt', 'Lucky', 'Hollow', 'Bright', 'Dusty', 'Early', 'Gentle', 'Northern', 'Painted',
  'Restless', 'Sunday', 'Tall',
];
const SECOND = [
  'Harbour', 'Lantern', 'Meadow', 'Avenue', 'River', 'Parade', 'Orchard', 'Signal', 'Garden',
  'Carousel', 'Station', 'Canyon', 'Balcony', 'Comet', 'Ferry', 'Kite', 'Island', 'Window',
  'Courtyard', 'Highway', 'Cinema', 'Lagoon', 'Market', 'Tower', 'Valley', 'Arcade', 'Bridge',
  'Ballroom', 'Compass', 'Festival', 'Postcard', 'Swing',
];

/** @import {Arrangement, Style} from './arrangement.js' */

/** @param {Style} style */
export function styleName(style) {
  if (style.point !== undefined) return style.name;
  const mixed = Math.imul(style.seed + 1, 0x9e3779b1) >>> 0;
  return `${FIRST[mixed & 31]} ${SECOND[(mixed >>> 5) & 31]}`;
}

/**
 * The title of an arrangement: its styles, or the one that is heard.
 * @param {Arrangement} arrangement
 */
export function title({a, b, c, d, blend, down}) {
  if (down.some(Boolean)) {
    const corners = blend.map((x, bar) => nearestCorner({x, y: down[bar]}));
    const styles = {a, b, c: c ?? a, d: d ?? b};
    return [...new Set(corners)].map((which) => styleName(styles[which])).join(' to ');
  }
  if (blend.every((share) => share === 0)) return styleName(a);
  if (blend.every((share) => share === 100)) return styleName(b);
  return `${styleName(a)} to ${styleName(b)}`;
}
