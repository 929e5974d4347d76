import {Icon} from './icons.jsx';
import {download, drag} from './download.js';
import {offIf} from './off.js';

const THEMES = ['auto', 'light', 'dark'];
/** @type {Record<string, string>} */
const THEME_NAMES = {auto: 'as the system has it', light: 'light', dark: 'dark'};
const TYPES = {mid: 'audio/midi', wav: 'audio/wav'};

/** @import {Studio} from '../studio/studio.js' */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * @param {object} props
 * @param {Studio} props.studio
 * @param {string} props.theme
 * @param {(theme: string) => void} props.setTheme
 * @param {boolean} props.isDark
 * @param {() => void} props.pickFile
 */
export function Header({studio, theme, setTheme, isDark, pickFile}) {
  const ready = Boolean(studio.song);
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  const share = async () => {
    try {
      await navigator.clipboard.writeText(studio.link);
      studio.say('Link copied. It makes the same music anywhere this page is.');
    } catch {
      window.history.replaceState(null, '', studio.link);
      studio.say('The address of this page is the link: copy it from there.');
    }
  };
  const save = (
    /** @type {string} */ kind,
    /** @type {'mid' | 'wav'} */ suffix,
    /** @type {() => Bytes | Promise<Bytes>} */ make,
  ) => studio.attempt(`The ${kind} file could not be made`, async () =>
    download(await make(), `${studio.title}.${suffix}`, TYPES[suffix]));
  return (
    <header class="header">
      <Brand />
      <div class="tools">
        <button type="button" class="tool" {...offIf(!studio.canUndo, () => studio.undo())}
          aria-label="Undo" title="Undo (Ctrl+Z)"><Icon name="undo" /></button>
        <button type="button" class="tool" {...offIf(!studio.canRedo, () => studio.redo())}
          aria-label="Redo" title="Redo (Ctrl+Shift+Z or Ctrl+Y)"><Icon name="redo" /></button>
        <span class="rule" />
        <button type="button" class="tool wide" onClick={() => pickFile()} disabled={!ready}
          title="Open a MIDI file (or drop one anywhere)">
          <Icon name="file" /><span>Open MIDI</span></button>
        <button type="button" class="tool wide save" disabled={!ready}
          onClick={() => save('MIDI', 'mid', () => studio.midiBytes())} draggable
          onDragStart={(event) =>
            drag(event, studio.midiBytes(), `${studio.title}.mid`, TYPES.mid)}
          title="Save what is heard as a MIDI file, or drag it into another program">
          <Icon name="download" /><span><span class="verb">Save </span>MIDI</span></button>
        <button type="button" class="tool wide save" disabled={!ready}
          onClick={() => save('WAV', 'wav', () => studio.wavBytes())}
          title="Save what is heard as a sound file">
          <Icon name="download" /><span><span class="verb">Save </span>WAV</span></button>
        <button type="button" class="tool wide" onClick={share} disabled={!ready}
          title="Copy a link to this music">
          <Icon name="link" /><span>Share</span></button>
        <button type="button" class="tool" onClick={() => setTheme(nextTheme)}
          aria-label={`Colours: ${THEME_NAMES[theme]}. Change to ${THEME_NAMES[nextTheme]}`}
          title={`Colours: ${THEME_NAMES[theme]}`}>
          <Icon name={isDark ? 'moon' : 'sun'} /></button>
      </div>
    </header>
  );
}

function Brand() {
  return (
    <h1 class="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect x="3" y="17" width="8" height="6" rx="3" class="brand-a" />
        <rect x="12" y="10" width="8" height="6" rx="3" class="brand-mix" />
        <rect x="21" y="4" width="8" height="6" rx="3" class="brand-b" />
        <rect x="12" y="23" width="17" height="5" rx="2.5" class="brand-low" />
      </svg>
      <span>GM-VAE</span>
    </h1>
  );
}
