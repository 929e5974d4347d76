// node midi.mjs CHROMIUM URL: how evenly the page plays through a MIDI port, as JSON. See run.py.
//
// The port is made here and keeps what it is sent. Meanwhile the audio clock is read every few
// milliseconds: one reading of it is off by some milliseconds, the median of a second's readings is not.
// Where the sound itself breaks off, as on a busy machine, the clock stands still, which cannot be
// foreseen: events near such a moment are counted apart.

import {createRequire} from 'node:module';

const require = createRequire(new URL('../../tests/web/package.json', import.meta.url));
const {chromium} = require('playwright-core');

const [, , executablePath, url] = process.argv;
const LINK = '#c=C_G_Am_F_Dm_Em_Bb_Eb&a=21&b=45&x=0.14.29.43.57.71.86.100&t=60&s=5&q=240';
const NOTES = 1000;
const NEAR = 0.5; // seconds on both sides of an event in which readings count
const STEADY = 6; // ms by which readings differ while the clock does not stand still

const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
const page = await browser.newPage();
await page.addInitScript(() => {
  const port = {id: '7', name: 'A rack', state: 'connected'};
  port.send = ([status], ms) => {
    window.sent = {kind: status >> 4, ms};
  };
  navigator.requestMIDIAccess = async () => ({outputs: new Map([['7', port]]), inputs: new Map()});
});
await page.goto(url + LINK);
await page.waitForFunction(() => window.studio?.song && window.studio.isSettled);
const {events, readings} = await page.evaluate(async (count) => {
  const {studio} = window;
  await studio.choosePort('');
  const {context, synth} = await studio.sounds.live();
  const found = {events: [], readings: []};
  const send = synth.send.bind(synth);
  synth.send = (message, time) => {
    send(message, time);
    found.events.push({...window.sent, time, sent: context.currentTime});
  };
  const read = () => {
    const {contextTime, performanceTime} = context.getOutputTimestamp();
    if (contextTime) found.readings.push({time: contextTime, ms: performanceTime});
  };
  const timer = setInterval(read, 5);
  await studio.toggle();
  const isEnough = () => found.events.filter(({kind}) => kind === 9).length >= count;
  while (!isEnough()) await new Promise((resolve) => setTimeout(resolve, 200));
  await studio.toggle();
  clearInterval(timer);
  return found;
}, NOTES);
await browser.close();

const byNumber = (a, b) => a - b;
const at = (numbers, share) =>
  [...numbers].sort(byNumber)[Math.min(numbers.length - 1, Math.floor(share * numbers.length))];
const origin = ({time, ms}) => ms - 1000 * time; // of the audio clock on the page's
const origins = readings.map(origin);
const readBetween = (start, end) =>
  origins.filter((_, i) => readings[i].time >= start && readings[i].time <= end);
/** How far an event is from the audio clock, in ms, and whether that ran evenly since it was sent. */
const compared = (item) => {
  const near = readBetween(item.time - NEAR, item.time + NEAR);
  if (!near.length) return [];
  const since = readBetween((item.sent ?? item.time) - NEAR, item.time + NEAR);
  const isSteady = Math.max(...since) - Math.min(...since) <= STEADY;
  return [{error: Math.abs(origin(item) - at(near, 0.5)), isSteady}];
};
const summary = (items) => {
  const all = items.flatMap(compared);
  const errors = all.filter(({isSteady}) => isSteady).map(({error}) => error);
  return {
    count: errors.length, median: at(errors, 0.5), most: at(errors, 0.95), greatest: at(errors, 1),
    unsteady: all.length - errors.length,
    greatestOfAll: Math.max(...all.map(({error}) => error)),
  };
};
process.stdout.write(JSON.stringify({
  notes: summary(events.filter(({kind}) => kind === 8 || kind === 9)),
  ticks: summary(events.filter(({kind}) => kind === 15)),
  readings: summary(readings),
}));
