import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Format} from '../../../packages/engine/src/music/format.js';
import {barStep} from '../../../export/web/src/view/roll_layout.js';

test('keys lead from bar to bar, and back to the beginning of one first', () => {
  const song = {bars: 3, format: new Format()};
  const to = (key, step) => barStep(key, step, song);
  assert.deepEqual([0, 95, 96, 200].map((step) => to('ArrowRight', step)), [96, 96, 192, 192]);
  assert.deepEqual([0, 23.9, 24, 96, 119, 121].map((step) => to('ArrowLeft', step)),
    [0, 0, 0, 0, 0, 96]);
  assert.deepEqual([to('Home', 150), to('End', 0), to('x', 5)], [0, 192, null]);
});
