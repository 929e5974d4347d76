/**
 * Sliders under touch. Browsers move a slider as soon as a finger touches it, even if the finger
 * only starts to scroll the page. So input events of a touched slider are held back until the finger
 * moves sideways or is lifted; if the page scrolls instead, the old value is restored.
 */

import {useEffect} from 'preact/hooks';

const SLOP = 8; // px: shorter movements are ignored

/**
 * A finger on a slider: where it was pressed, and the slider's values before and since.
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
  /** The undecided touch, else null. @type {?Touch} */
  let touch = null;
  window.addEventListener('pointerdown', ({target, pointerId, pointerType, clientX, clientY}) => {
    if (pointerType === 'mouse' || !isSlider(target)) return;
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

  /** Returns how far the finger is from where it was pressed. @param {PointerEvent} event */
  function distance({clientX, clientY}) {
    return touch ? [Math.abs(clientX - touch.x), Math.abs(clientY - touch.y)] : [0, 0];
  }

  /** Ends a touch; `is`: whether it is meant for the slider. @param {PointerEvent} event @param {boolean} is */
  function end({pointerId}, is) {
    if (touch?.pointer !== pointerId) return;
    const {slider, before, under} = touch;
    touch = null;
    slider.value = is ? under : before;
    if (is && under !== before) slider.dispatchEvent(new Event('input', {bubbles: true}));
  }
}
