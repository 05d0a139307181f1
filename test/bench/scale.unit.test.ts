import { expect, test } from 'vitest';
import { durationsIn } from '../../bench/scale/queries.js';

const line = (pid: number, query: number, ms: number, part: string) =>
  `${pid} ${query}|LOG:  duration: ${ms} ms  ${part} <unnamed>: select 1\n\tfrom orders`;

test('what a statement took is the sum of its parts, and connections are told apart', () => {
  const log = [
    line(1, 7, 0.5, 'parse'),
    line(2, 9, 4, 'bind'),
    line(1, 7, 0.25, 'bind'),
    line(1, 7, 1, 'execute'),
    line(2, 9, 1, 'execute'),
    line(1, 7, 3, 'execute'),
  ];
  expect([...durationsIn(log.join('\n'))]).toEqual([
    ['7', [1.75, 3]],
    ['9', [5]],
  ]);
});

test('other lines of the log take no time', () => {
  expect([...durationsIn('1 7|LOG:  checkpoint starting: time\n1 7|ERROR:  deadlock\n')]).toEqual(
    [],
  );
});
