import { expect, test } from 'vitest';
import { selfTimes } from '../../bench/profile/samples.js';

const frame = (functionName: string, url: string, lineNumber = 0) => ({
  ...{ functionName, url, lineNumber },
});

/** Begins at 1,000,000 µs; each sample lasts a millisecond. */
const profileOf = (samples: readonly number[]): string =>
  JSON.stringify({
    nodes: [
      { id: 1, callFrame: frame('(root)', '') },
      { id: 2, callFrame: frame('(idle)', '') },
      { id: 3, callFrame: frame('reserve', 'file:///home/x/dist/adapters/stock.js', 41) },
      { id: 4, callFrame: frame('', 'file:///home/x/node_modules/@a/b/lib/c.js', 6) },
      { id: 5, callFrame: frame('emit', 'node:events', 470) },
      { id: 6, callFrame: frame('(garbage collector)', '') },
      { id: 7, callFrame: frame('reserve', 'file:///home/x/dist/adapters/stock.js', 41) },
    ],
    startTime: 1_000_000,
    samples,
    timeDeltas: [0, ...samples.slice(1).map(() => 1_000), 1_000],
  });

const whole = { fromUs: 0, untilUs: Number.POSITIVE_INFINITY };

test('a function has the time of all its samples, and whose it is can be read from its file', () => {
  expect(selfTimes([profileOf([3, 7, 3, 4, 4, 5, 6])], whole)).toEqual([
    { name: 'reserve', owner: 'ours', file: 'adapters/stock.js:42', ms: 3 },
    { name: '(anonymous)', owner: '@a/b', file: '@a/b/lib/c.js:7', ms: 2 },
    { name: 'emit', owner: 'node', file: 'node:events:471', ms: 1 },
    { name: '(garbage collector)', owner: 'V8', file: '', ms: 1 },
  ]);
});

test('a thread that waits costs nothing', () => {
  expect(selfTimes([profileOf([2, 2, 1])], whole)).toEqual([]);
});

test('what a process did before and after the window is left out', () => {
  const window = { fromUs: 1_001_000, untilUs: 1_002_000 };
  expect(selfTimes([profileOf([5, 3, 3, 4])], window)).toMatchObject([{ name: 'reserve', ms: 2 }]);
});

test('the threads of a process are added up', () => {
  expect(selfTimes([profileOf([3]), profileOf([3, 3])], whole)).toMatchObject([{ ms: 3 }]);
});
