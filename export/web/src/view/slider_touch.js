/**
 * Sliders under fingers. A browser moves a slider as soon as a finger is on it, also where the finger
 * only begins to scroll the page. So nothing is heard of a touched slider until it is dragged along
 * or let go; where the page scrolls instead, it is put back.
 */

import {useEffect} from 'preact/hooks';

const SLOP = 8; // px: a finger that moves less has not moved

/**
 * A finger on a slider, where it came down, and the slider's values before that and since.
 * @typedef {{slider: HTMLInputElement, pointer: number, x: number, y: number, before: string,
 *   under: string}} Touch
 */

const isSlider = (/** @type {?EventTarget} */ target) =>
  target instanceof HTMLInputElement && target.type === 'range';

export function useSliderTouch() {
  useEffect(() => {
    const controller = new AbortController();
    watch({signal: controller.signal, capture: true});
    return () => controller.abort();
  }, []);
}

/** @param {AddEventListenerOptions} options */
function watch(options) {
  /** Null once the slider follows the finger. @type {?Touch} */
  let touch = null;
  window.addEventListener('pointerdown', ({target, pointerId, pointerType, clientX, clientY}) => {
    if (pointerType !== 'touch' || !isSlider(target)) return;
    const slider = /** @type {HTMLInputElement} */ (target);
    const {value} = slider;
    touch = {slider, pointer: pointerId, x: clientX, y: clientY, before: value, under: value};
  }, options);
  window.addEventListener('input', (event) => {
    if (!touch || event.target !== touch.slider) return;
    event.stopPropagation();
    touch.under = touch.slider.value;
  }, options);
  window.addEventListener('pointermove', (event) => {
    const [dx, dy] = distance(event);
    if (dx > SLOP && dx > dy) end(event, true);
  }, options);
  window.addEventListener('pointerup', (event) => {
    const [, dy] = distance(event);
    end(event, dy <= SLOP);
  }, options);
  window.addEventListener('pointercancel', (event) => end(event, false), options);

  /** How far the finger is from where it came down. @param {PointerEvent} event */
  function distance({clientX, clientY}) {
    return touch ? [Math.abs(clientX - touch.x), Math.abs(clientY - touch.y)] : [0, 0];
  }

  /** It is clear whether the finger means the slider. @param {PointerEvent} event @param {boolean} is */
  function end({pointerId}, is) {
    if (touch?.pointer !== pointerId) return;
    const {slider, before, under} = touch;
    touch = null;
    slider.value = is ? under : before;
    if (is && under !== before) slider.dispatchEvent(new Event('input', {bubbles: true}));
  }
}
