/** Defers components that the first paint can do without, one component per task. */

import {useEffect, useState} from 'preact/hooks';

import {nextTask} from '../../../../packages/engine/src/engine/next_task.js';

let last = Promise.resolve(); // the latest requested turn

/** False at first; true in a later task, which no other component shares. */
export function useTurn() {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    let isGone = false;
    last = last.then(nextTask).then(() => {
      if (!isGone) setDue(true);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return isDue;
}
