/** MIDI files that the page saves have a text event with the link of their arrangement. */

const LINK_MARK = 'gm-vae:';

/** @param {string} link */
export const linkText = (link) => LINK_MARK + link;

/** The link in the text events of a file, if any. @param {string[]} texts */
export const linkIn = (texts) =>
  texts.find((text) => text.startsWith(LINK_MARK))?.slice(LINK_MARK.length);
