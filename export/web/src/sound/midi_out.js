/** Plays through a port of Web MIDI: what is connected to the computer, or another program. */

const [START, CONTINUE, STOP, CLOCK, POSITION] = [0xfa, 0xfb, 0xfc, 0xf8, 0xf2];
const [SOUND_OFF, NOTES_OFF] = [120, 123]; // controllers
const DRIFT = 0.02; // of a new reading of the clocks goes into their difference
const JUMP = 20; // ms; a larger difference is taken at once

export class MidiOut {
  /** @param {MIDIOutput} port @param {AudioContext} context whose time the messages have */
  constructor(port, context) {
    this._port = port;
    this._context = context;
    /** Milliseconds of the page's clock at time 0 of the context. @type {number | undefined} */
    this._origin = undefined;
  }

  /** Plays a MIDI message at a time of the context. @param {number[]} message @param {number} time */
  send(message, time) {
    this._port.send(message, this._milliseconds(time));
  }

  /**
   * The song begins.
   * @param {number} sixteenths from its start
   * @param {number} time
   */
  begin(sixteenths, time) {
    if (sixteenths) this.send([POSITION, sixteenths & 127, (sixteenths >> 7) & 127], time);
    this.send([sixteenths ? CONTINUE : START], time);
  }

  /** A 24th of a quarter has passed. @param {number} time */
  tick(time) {
    this.send([CLOCK], time);
  }

  /** The song ends, or is stopped. */
  end() {
    this._port.send([STOP]);
  }

  /** Ends every note at once, also those that are on their way. */
  silence() {
    /** @type {MIDIOutput & {clear?: () => void}} */ (this._port).clear?.();
    for (let channel = 0; channel < 16; channel++) {
      this._port.send([0xb0 | channel, NOTES_OFF, 0]);
      this._port.send([0xb0 | channel, SOUND_OFF, 0]);
    }
  }

  /**
   * A time of the context on the page's clock. Browsers read the clocks at slightly different moments
   * each time: the difference follows slowly, so that messages come as evenly as notes of the context.
   * @param {number} time
   */
  _milliseconds(time) {
    const {contextTime = 0, performanceTime = 0} = this._context.getOutputTimestamp();
    const read = contextTime ? performanceTime - 1000 * contextTime
      : performance.now() - 1000 * this._context.currentTime;
    const known = this._origin ?? read;
    this._origin = Math.abs(read - known) > JUMP ? read : known + DRIFT * (read - known);
    return this._origin + 1000 * time;
  }
}
