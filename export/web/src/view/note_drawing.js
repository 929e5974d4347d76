/** Draws the note being edited over the roll: the chosen note, or its position during a gesture. */

import {toneColour} from './colours.js';
import {noteBox} from './note_hits.js';
import {inkOf, prepare} from './roll_drawing.js';

/** @import {PlacedNote} from '../state/kept.js' */
/** @import {Picture} from './roll_drawing.js' */

const EDGE = 2; // px around the note
const LEAST = 5; // px: minimum height of the note

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {?PlacedNote} note
 * @param {string} words at the note, '' for none
 */
export function drawEditing(canvas, picture, note, words) {
  const {song, layout, isDark, tones} = picture;
  const context = prepare(canvas, layout);
  if (!note) return;
  const part = song.parts.findIndex(({key}) => key === note.key);
  const {isDrum} = song.parts[part] ?? {isDrum: false};
  const {left, right, top, bottom} = noteBox({...note, part}, isDrum, layout);
  const height = Math.max(bottom - top, LEAST);
  const y = (top + bottom - height) / 2;
  const ink = inkOf(picture);
  context.fillStyle = part < 0 ? ink.text : toneColour(tones[part], isDark);
  context.fillRect(left, y, right - left, height);
  context.lineWidth = EDGE;
  context.strokeStyle = ink.head;
  context.strokeRect(left - EDGE, y - EDGE, right - left + 2 * EDGE, height + 2 * EDGE);
  if (!isDrum && right - left > 14) { // handle for stretching
    context.fillStyle = ink.head;
    context.fillRect(right - 3, y, 3, height);
  }
  if (words) drawWords(context, words, left, y, picture);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {Picture} picture
 */
function drawWords(context, words, x, y, picture) {
  const ink = inkOf(picture);
  context.font = '600 12px system-ui, sans-serif';
  const width = context.measureText(words).width + 12;
  const left = Math.min(x, picture.layout.width - width);
  const top = y > 30 ? y - 28 : y + 16;
  context.fillStyle = ink.head;
  context.beginPath();
  context.roundRect(left, top, width, 20, 5);
  context.fill();
  context.fillStyle = ink.onHead;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(words, left + 6, top + 10.5);
}
