/** SVG icons, 24 units square, in the colour of the text. */

/** @type {Record<string, string>} */
const SOLIDS = {
  play: 'M8 5.2v13.6a.8.8 0 0 0 1.2.7l11-6.8a.8.8 0 0 0 0-1.4l-11-6.8a.8.8 0 0 0-1.2.7z',
  stop: 'M7 6h3.6v12H7zM13.4 6H17v12h-3.6z',
  record: 'M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12z',
  star: 'M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8z',
};
/** @type {Record<string, string>} */
const LINES = {
  dice: 'M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01',
  loop: 'M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4',
  undo: 'M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3',
  redo: 'M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h3',
  link: 'M10 14a4 4 0 0 0 6 .5l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4.2 4.2 0 0 0 6 6l1-1',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  file: 'M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7zM14 3v4h4M10 17.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM11.5 16v-5l3 1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2',
  unlock: 'M6 11h12v9H6zM8.5 11V7.500a3.500 3.500 0 0 1 6.800-1.200',
  pencil: 'M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500',
  bin: 'M5 7h14M9.500 7V4.500h5V7M7 7l.8 13h8.400L17 7M10.500 11v5M13.500 11v5',
  shorter: 'M4 6v12M20 12H9M12.500 8.500L9 12l3.500 3.500',
  longer: 'M4 6v12M8 12h12M16.500 8.500L20 12l-3.500 3.500',
  square: 'M4.500 4.500h15v15h-15zM14.500 9.500h.01M9 15.500a.01.01 0 0 0 0 .01',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  up: 'M6 14l6-6 6 6',
  down: 'M6 10l6 6 6-6',
  left: 'M14 6l-6 6 6 6',
  right: 'M10 6l6 6-6 6',
  earlier: 'M19 12H5M10 7l-5 5 5 5',
  arrow: 'M5 12h14M14 7l5 5-5 5',
  swap: 'M7 8h12l-3-3M17 16H5l3 3',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.500 10.500z',
  spark: 'M12 3l1.900 5.600L19.500 10.500l-5.600 1.900L12 18l-1.900-5.600L4.500 10.500l5.600-1.900zM19 16v4M17 18h4',
  speaker: 'M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
};

/** @param {{name: string}} props */
export function Icon({name}) {
  const solid = SOLIDS[name];
  return (
    <svg class={`icon ${solid ? 'solid' : ''}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={solid ?? LINES[name]} />
    </svg>
  );
}
