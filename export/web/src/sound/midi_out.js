/** Plays through a Web MIDI port: a connected instrument or another program. */

const [START, CONTINUE, STOP, CLOCK, POSITION] = [0xfa, 0xfb, 0xfc, 0xf8, 0xf2];
const [SOUND_OFF, NOTES_OFF] = [120, 123]; // controllers
const DRIFT = 0.02; // weight of a new reading in the smoothed clock difference
const JUMP = 20; // ms; larger changes are applied at once

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
   * Sends the start of the song.
   * @param {number} sixteenths from its start
   * @param {number} time
   */
  begin(sixteenths, time) {
    if (sixteenths) this.send([POSITION, sixteenths & 127, (sixteenths >> 7) & 127], time);
    this.send([sixteenths ? CONTINUE : START], time);
  }

  /** Sends a clock message, one for each 24th of a quarter. @param {number} time */
  tick(time) {
    this.send([CLOCK], time);
  }

  /** Sends the end of the song. */
  end() {
    this._port.send([STOP]);
  }

  /** Ends all notes at once, including scheduled ones if the browser can clear them. */
  silence() {
    /** @type {MIDIOutput & {clear?: () => void}} */ (this._port).clear?.();
    for (let channel = 0; channel < 16; channel++) {
      this._port.send([0xb0 | channel, NOTES_OFF, 0]);
      this._port.send([0xb0 | channel, SOUND_OFF, 0]);
    }
  }

  /**
   * Converts a time of the context to the page's clock. Readings of the clocks jitter, so their
   * difference is smoothed to keep the timing of messages even.
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
