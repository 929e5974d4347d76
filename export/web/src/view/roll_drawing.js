/** The piano roll on canvases: grid and notes on one, the playhead on another. */

import {cellName} from '../state/kept.js';
import {texts} from '../texts/texts.js';
import {toneColour} from './colours.js';
import {GUTTER, pitchTop} from './roll_layout.js';

/** @import {Song, SongNote} from '../../../../packages/engine/src/music/song.js' */
/** @import {Player} from '../sound/player.js' */
/** @import {Kept} from '../state/kept.js' */
/** @import {Tone} from './colours.js' */
/** @import {RollLayout} from './roll_layout.js' */

/**
 * Inputs of the drawing: the song, its layout, the theme, the colour of each part and whether it is
 * heard, the locked bars and edited notes, and the key of the part being edited, or ''.
 * @typedef {{song: Song, layout: RollLayout, isDark: boolean, tones: Tone[], heard: boolean[],
 *   kept: Kept, edited: string}} Picture
 */

const INKS = {
  light: {bar: '#cfcbc4', beat: '#e9e6e0', black: '#f4f1ec', text: '#6a655d', head: '#1d1b18',
    lock: '#ddd6c9', onHead: '#fffefb'},
  dark: {bar: '#3d4150', beat: '#282b37', black: '#1b1e27', text: '#9aa0b2', head: '#f5f6fa',
    lock: '#313646', onHead: '#14161e'},
};
const WIDEST = 16384; // px: canvas width that every browser supports
const HATCH = 9; // px between lines over a locked bar
const BLACK_KEYS = new Set([1, 3, 6, 8, 10]);

/** @param {Picture} picture */
export const inkOf = ({isDark}) => (isDark ? INKS.dark : INKS.light);

/**
 * Returns the cleared context of a canvas at the screen's resolution.
 * @param {HTMLCanvasElement} canvas
 * @param {RollLayout} layout
 */
export function prepare(canvas, {width, height}) {
  const scale = Math.min(window.devicePixelRatio || 1, WIDEST / width);
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) {
    Object.assign(canvas, {width: w, height: h});
    Object.assign(canvas.style, {width: `${width}px`, height: `${height}px`});
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** @param {HTMLCanvasElement} canvas @param {Picture} picture */
export function drawSong(canvas, picture) {
  const context = prepare(canvas, picture.layout);
  drawGrid(context, picture);
  drawLocks(context, picture);
  drawScale(context, picture);
  for (const note of picture.song.notes) drawNote(context, note, picture, 0);
}

/** Hatches the bars that are locked. @param {CanvasRenderingContext2D} context @param {Picture} picture */
function drawLocks(context, picture) {
  const {layout: {barWidth, height}, kept, song} = picture;
  context.strokeStyle = inkOf(picture).lock;
  for (const bar of kept.bars) {
    if (bar >= song.bars) continue;
    const left = GUTTER + bar * barWidth;
    context.save();
    context.beginPath();
    context.rect(left, 0, barWidth, height);
    context.clip();
    context.beginPath();
    for (let x = left - height; x < left + barWidth; x += HATCH) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.restore();
  }
}

/** Whether a note is locked or edited. @param {SongNote} note @param {Picture} picture */
function isKept({part, start}, {song, kept}) {
  const bar = Math.floor(start / song.format.stepsPerMeasure);
  return kept.bars.includes(bar) || Boolean(kept.cells[cellName(bar, song.parts[part].key)]);
}

/**
 * Draws the rows of black keys and the lines of bars and beats.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
function drawGrid(context, picture) {
  const {song, layout} = picture;
  const ink = inkOf(picture);
  const {low, high, semitone, width, drumTop, barWidth} = layout;
  const {beatsPerBar} = song.format;
  context.fillStyle = ink.black;
  for (let pitch = low; pitch <= high; pitch++) {
    if (BLACK_KEYS.has(((pitch % 12) + 12) % 12)) {
      context.fillRect(GUTTER, pitchTop(pitch, layout), width - GUTTER, semitone);
    }
  }
  for (let beat = 0; beat <= song.bars * beatsPerBar; beat++) {
    const isBar = beat % beatsPerBar === 0;
    context.fillStyle = isBar ? ink.bar : ink.beat;
    const x = Math.min(GUTTER + (beat * barWidth) / beatsPerBar, width - 1);
    context.fillRect(Math.round(x), 0, 1, layout.height);
  }
  context.fillStyle = ink.bar;
  if (layout.lanes.size) context.fillRect(GUTTER, Math.round(drumTop) + 1, width - GUTTER, 1);
}

/**
 * Draws the pitch names and the drum label at the left.
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 */
function drawScale(context, picture) {
  const {layout} = picture;
  const {low, high, semitone, drumTop} = layout;
  context.fillStyle = inkOf(picture).text;
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let pitch = Math.ceil(low / 12) * 12; pitch <= high; pitch += 12) {
    const y = pitchTop(pitch, layout) + semitone / 2;
    if (y > 6 && y < drumTop - 6) context.fillText(`C${pitch / 12 - 1}`, GUTTER - 8, y);
  }
  if (layout.lanes.size) {
    const middle = (drumTop + layout.height) / 2 + 3;
    context.fillText(texts.roll.drums, GUTTER - 4, middle, GUTTER - 6); // narrowed for wide fonts
  }
}

/**
 * `light` 0..1: see `toneColour`.
 * @param {CanvasRenderingContext2D} context
 * @param {SongNote} note
 * @param {Picture} picture
 * @param {number} light
 */
function drawNote(context, note, picture, light) {
  const {song, layout, isDark, tones, heard, edited} = picture;
  const {isDrum} = song.parts[note.part];
  const x = GUTTER + note.start * layout.stepWidth;
  const isBehind = edited && song.parts[note.part].key !== edited;
  context.globalAlpha = (0.5 + 0.5 * (note.velocity / 127)) *
    (!heard[note.part] ? 0.14 : isBehind ? 0.3 : 1);
  context.fillStyle = toneColour(tones[note.part], isDark, light);
  context.beginPath();
  if (isDrum) {
    const y = layout.lanes.get(note.pitch) ?? 0;
    const size = 2 + 2.4 * (note.velocity / 127);
    context.roundRect(x + 0.5, y - size, Math.max(3.4, 2 * layout.stepWidth), 2 * size, 1.6);
  } else {
    const height = Math.max(layout.semitone - 1, 2.6);
    const y = pitchTop(note.pitch, layout) + (layout.semitone - height) / 2;
    const width = Math.max((note.end - note.start) * layout.stepWidth - 1, 2.4);
    context.roundRect(x + 0.5, y, width, height, Math.min(height / 2, 3.2));
  }
  context.fill();
  if (isKept(note, picture)) {
    context.strokeStyle = inkOf(picture).head;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * Draws the playhead, and brightens the notes that sound under it.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {Player} player
 */
export function drawPlayhead(canvas, picture, {step, isPlaying}) {
  const {song, layout, isDark, tones, heard} = picture;
  const context = prepare(canvas, layout);
  if (isPlaying) {
    for (const note of song.notes) {
      const sounds = note.start <= step && step < Math.max(note.end, note.start + 4);
      if (!sounds || !heard[note.part]) continue;
      context.shadowColor = toneColour(tones[note.part], isDark);
      context.shadowBlur = 10;
      drawNote(context, {...note, velocity: 127}, picture, 1);
    }
    context.shadowBlur = 0;
  }
  const x = GUTTER + step * layout.stepWidth;
  context.fillStyle = inkOf(picture).head;
  context.fillRect(x - 0.75, 0, 1.5, layout.height);
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, 7);
  context.fill();
}
