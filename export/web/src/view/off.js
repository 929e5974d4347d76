/**
 * Returns attributes of a button that its own press may disable. It keeps the focus, which
 * `disabled` would drop, and screen readers announce that it is off.
 * @param {boolean} isOff
 * @param {() => void} act
 */
export const offIf = (isOff, act) =>
  ({'aria-disabled': isOff, onClick: isOff ? undefined : act});
