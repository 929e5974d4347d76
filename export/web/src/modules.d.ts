/** What is imported and is not a module of JavaScript with types of its own. */

/** A file beside the page's: build.mjs copies it and gives its name. */
declare module '*.file' {
  const name: string;
  export default name;
}

declare module 'webaudio-tinysynth' {
  export default class WebAudioTinySynth {
    constructor(options: {useReverb: number, quality: number, voices: number});
    actx: BaseAudioContext;
    setAudioContext(context: BaseAudioContext, output: AudioNode): void;
    send(message: number[], time: number): void;
    allSoundOff(channel: number): void;
  }
}
