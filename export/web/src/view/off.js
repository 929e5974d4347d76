/**
 * For a button that its own press may put out of use: it keeps the focus, which `disabled` would
 * drop, and says that it is off.
 * @param {boolean} isOff
 * @param {() => void} act
 */
export const offIf = (isOff, act) =>
  ({'aria-disabled': isOff, onClick: isOff ? undefined : act});
