/** Random clicks, keys and slides on whatever is there; the same for the same seed. */

export async function monkey(page, {clicks, seed}) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const done = {};
  for (let i = 0; i < clicks; i++) {
    const picks = [random(), random()];
    const what = await page.evaluate(act, picks);
    done[what] = (done[what] ?? 0) + 1;
    if (i % 10 === 9) await page.waitForFunction(() => window.studio.isSettled);
  }
  await page.waitForFunction(() => window.studio.isSettled);
  return done;
}

/** Uses one element of the page, chosen by numbers 0..1; says of what kind it is. */
function act([which, how]) {
  const isUsable = (element) =>
    element.getClientRects().length && !element.disabled && element.type !== 'file' &&
    !/^(Save MIDI|Save WAV|Open MIDI)$/.test(element.innerText) && !/from a MIDI/.test(element.ariaLabel ?? '');
  const dialog = document.querySelector('dialog[open]');
  const elements = [...(dialog ?? document).querySelectorAll('button, input, select, canvas')]
    .filter(isUsable);
  const element = elements[Math.floor(which * elements.length)];
  const tell = (name) => element.dispatchEvent(new Event(name, {bubbles: true}));
  if (element.tagName === 'SELECT') {
    const options = [...element.options].filter(({disabled}) => !disabled);
    element.value = options[Math.floor(how * options.length)].value;
    tell('change');
  } else if (element.type === 'range') {
    element.value = Number(element.min) + how * (element.max - element.min);
    tell('input');
    tell('change');
  } else if (element.tagName === 'INPUT') {
    const texts = ['C Am F G', 'nonsense', 'Dm|G C', '', 'F#dim Bb+ N.C. Ebm'];
    element.value = texts[Math.floor(how * texts.length)];
    tell('input');
    element.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
    tell('change');
  } else if (element.tagName === 'CANVAS') {
    const box = element.getBoundingClientRect();
    const clientX = box.left + how * box.width;
    element.dispatchEvent(new MouseEvent('click', {clientX, bubbles: true}));
  } else {
    element.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}));
    element.click();
  }
  return element.type || element.tagName.toLowerCase();
}
