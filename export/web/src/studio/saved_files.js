/** In a MIDI file that the page saves, a text holds the link that makes the same music. */

const LINK_MARK = 'gm-vae:';

/** @param {string} link */
export const linkText = (link) => LINK_MARK + link;

/** The link in the texts of a file, if it has one. @param {string[]} texts */
export const linkIn = (texts) =>
  texts.find((text) => text.startsWith(LINK_MARK))?.slice(LINK_MARK.length);
