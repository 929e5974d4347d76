import {texts} from '../texts/texts.js';
import {download, drag} from './download.js';
import {Icon} from './icons.jsx';
import {offIf} from './off.js';

const THEMES = ['auto', 'light', 'dark'];
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
  /** @type {Record<string, string>} */
  const names = texts.header.themes;
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  const share = async () => {
    try {
      await navigator.clipboard.writeText(studio.link);
      studio.say(texts.header.linkCopied);
    } catch {
      window.history.replaceState(null, '', studio.link);
      studio.say(texts.header.linkInAddress);
    }
  };
  const save = (
    /** @type {'mid' | 'wav'} */ suffix,
    /** @type {() => Bytes | Promise<Bytes>} */ make,
  ) => studio.attempt(suffix === 'mid' ? texts.failed.midi : texts.failed.wav, async () =>
    download(await make(), `${studio.title}.${suffix}`, TYPES[suffix]));
  return (
    <header class="header">
      <Brand />
      <div class="tools">
        <button type="button" class="tool" {...offIf(!studio.canUndo, () => studio.undo())}
          aria-label={texts.header.undo} title={texts.header.undoKeys}><Icon name="undo" /></button>
        <button type="button" class="tool" {...offIf(!studio.canRedo, () => studio.redo())}
          aria-label={texts.header.redo} title={texts.header.redoKeys}><Icon name="redo" /></button>
        <span class="rule" />
        <button type="button" class="tool wide" onClick={() => pickFile()} disabled={!ready}
          title={texts.header.openMore}>
          <Icon name="file" /><span>{texts.header.open}</span></button>
        <button type="button" class="tool wide save" disabled={!ready}
          onClick={() => save('mid', () => studio.midiBytes())} draggable
          onDragStart={(event) =>
            drag(event, studio.midiBytes(), `${studio.title}.mid`, TYPES.mid)}
          title={texts.header.saveMidi}>
          <Icon name="download" /><SaveText what="MIDI" /></button>
        <button type="button" class="tool wide save" disabled={!ready}
          onClick={() => save('wav', () => studio.wavBytes())}
          title={texts.header.saveWav}>
          <Icon name="download" /><SaveText what="WAV" /></button>
        <button type="button" class="tool wide" onClick={share} disabled={!ready}
          title={texts.header.shareMore}>
          <Icon name="link" /><span>{texts.header.share}</span></button>
        <button type="button" class="tool" onClick={() => setTheme(nextTheme)}
          aria-label={texts.header.changeColours(names[theme], names[nextTheme])}
          title={texts.header.colours(names[theme])}>
          <Icon name={isDark ? 'moon' : 'sun'} /></button>
      </div>
    </header>
  );
}

/** @param {{what: string}} props */
function SaveText({what}) {
  const {verb, verbAfter} = texts.header;
  return (
    <span>
      <span class="verb">{verb}</span>{what}<span class="verb">{verbAfter}</span>
    </span>
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
