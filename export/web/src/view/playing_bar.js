import {useEffect, useState} from 'preact/hooks';

/** @import {Studio} from '../studio/studio.js' */

/**
 * The bar in which the playhead is, or -1 while nothing plays.
 * @param {Studio} studio
 * @param {number} bars
 */
export function usePlayingBar(studio, bars) {
  const [bar, setBar] = useState(-1);
  const {isPlaying} = studio.player;
  useEffect(() => {
    if (!isPlaying) {
      setBar(-1);
      return undefined;
    }
    let frame = 0;
    const look = () => {
      const {step} = studio.player;
      setBar(Math.min(Math.floor(step / studio.format.stepsPerMeasure), bars - 1));
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [studio, isPlaying, bars]);
  return bar;
}
