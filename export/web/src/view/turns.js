/** What the first picture can do without is drawn after it, one thing a task. */

import {useEffect, useState} from 'preact/hooks';

import {nextTask} from '../../../../packages/engine/src/engine/next_task.js';

let last = Promise.resolve(); // turn that was asked for

/** False at first; true in a later task that nothing else has its turn in. */
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
