import { describe, expect, test } from 'vitest';
import type { Comparison, Run } from '../../bench/compare/data/comparison.js';
import { answersOf } from '../../bench/compare/questions/answers.js';
import {
  boundsOf,
  commonFaults,
  leftOut,
  listed,
  shown,
  shownRange,
} from '../../bench/compare/questions/figures.js';
import { verdictOf } from '../../bench/compare/questions/verdict.js';
import { aRun, inventedComparison, notApplicable, withRun } from './invented-comparison.js';

const answerTo = (name: string, changes: Partial<Comparison> = {}) =>
  answersOf({ ...inventedComparison, ...changes }).find((answer) => answer.name === name)!;

describe('the answers', () => {
  test('say in words who loses, with the interval and the distance', () => {
    const [finding] = answerTo('wrong').findings;
    expect(finding).toMatchObject({ loses: 'naive', best: 'saga, outbox and mix' });
    expect(finding?.words.replace(/\d+\.\d/g, 'N')).toBe(
      'naive loses with N % (N to N %). Best: saga with N %, outbox with N % and mix with N %. ' +
        'From first to last it is N points (N to N points).',
    );
  });

  test('say it of the dearest arm by rate, where more is better, and of nobody where all are alike', () => {
    const words = 'No arm loses: all that have a figure have 35.';
    expect(answerTo('cost').findings).toMatchObject([
      { measure: 'orders per second', loses: 'saga', best: 'mix' },
      { measure: 'CPU time per order', loses: 'saga', best: 'mix' },
      { measure: 'write transactions per order', loses: 'nobody', best: '–', words },
      { measure: 'write-ahead log per order', loses: 'nobody', best: '–' },
    ]);
  });

  test('count as a share of the orders, averaged over seeds', () => {
    const runs = [aRun({ stuck: 3 }), aRun({ seed: 2, stuck: 6 })];
    const { panels } = answerTo('stuck', { runs });
    const line = panels[0]!.lines.find(({ title }) => title === 'nothing goes wrong')!;
    expect(line.figures.saga).toMatchObject({ kind: 'measured', interval: { mean: 15 } });
    expect(line.figures.mix).toEqual({ kind: 'not_measured' });
  });

  test('do not take for zero what was not measured', () => {
    const changed = aRun({ arm: 'mix', fault: 'last_item', seed: 3, oversold: undefined });
    const { panels } = answerTo('rules', withRun(changed));
    const line = panels[0]!.lines.find(({ title }) => /^sold what/.test(title))!;
    expect(line.figures.mix).toMatchObject({ kind: 'measured', interval: { seeds: 4 } });
    expect(line.figures.saga).toMatchObject({ kind: 'measured', interval: { seeds: 5 } });
  });

  test('show a p99 only where a hundred orders stand behind it', () => {
    const measures = (orders: number) =>
      answerTo('speed', { runs: [aRun({ orders }), aRun({ seed: 2, orders: 100 })] });
    expect(measures(100).findings).toHaveLength(6);
    expect(measures(100).reading).not.toContain('p99');
    const few = measures(99);
    expect(few.findings.map(({ measure }) => measure)).toEqual([
      'until the buyer knows, p50',
      'until the buyer knows, p95',
      'until the order has ended, p50',
      'until the order has ended, p95',
    ]);
    expect(few.reading).toContain('A seed has 99 orders here, too few for a p99.');
  });

  test('begin with which style is right when, by the figures that decide', () => {
    const advice = verdictOf(answersOf(inventedComparison)).map((one) => one.words);
    expect(advice).toHaveLength(5);
    expect(advice[0]).toContain('none ended wrongly, none hung and 5.6 % waited for a person');
    expect(advice[3]).toMatch(/^never: \d+\.\d % ended wrongly/);
    expect(advice[4]).toContain('2 files of code in the workflow (2 with');
    const nothing = verdictOf(answersOf({ ...inventedComparison, runs: [], cost: [] }));
    expect(nothing[0]!.words).toContain('(not measured) ended wrongly');
  });

  test('show only the restarts after which somebody looked when it ran again', () => {
    const { panels } = answerTo('recovery');
    expect(panels[0]!.lines.map(({ title }) => title)).toEqual([
      'killed before the effect',
      'killed after the effect',
      'killed after the commit',
      'the broker restarts',
      'the engine restarts',
      'the database restarts',
    ]);
    const none = answerTo('recovery', { runs: [aRun()] });
    expect([none.panels[0]!.lines, none.findings]).toEqual([[], []]);
  });
});

describe('a sum over faults', () => {
  const runs: readonly Run[] = [
    aRun({ wrong: 30 }),
    aRun({ fault: 'last_item', wrong: 3 }),
    aRun({ fault: 'engine_restarted', wrong: 30 }),
    aRun({ arm: 'outbox', wrong: 30 }),
    aRun({ arm: 'outbox', fault: 'last_item', wrong: 6 }),
    notApplicable('outbox', 'engine_restarted', 'there is no engine'),
  ];

  test('takes the faults to which all were put, and not the quiet run', () => {
    expect(commonFaults(runs)).toEqual(['last_item']);
    const [together, ...each] = answerTo('wrong', { runs }).panels[0]!.lines;
    expect(together!.figures.saga).toMatchObject({ interval: { mean: 10 } });
    expect(together!.figures.outbox).toMatchObject({ interval: { mean: 20 } });
    expect(each.find(({ title }) => title === 'the engine restarts')!.figures).toMatchObject({
      saga: { interval: { mean: 100 } },
      outbox: { kind: 'not_applicable', reason: 'there is no engine' },
    });
  });

  test('leaves nothing out in silence', () => {
    const items = leftOut(runs);
    expect(items).toContain('naive: not run at all');
    expect(items).toContain('outbox, the engine restarts: there is no engine');
    expect(items).toContain('saga, an event is lost: not run');
    expect(items.some((item) => item.startsWith('naive,'))).toBe(false);
  });

  test('is worth what its orders are', () => {
    expect(boundsOf(inventedComparison.runs)).toBe(
      'A share of none is not a share that can never be. Not once under one fault: 150 orders say ' +
        'that with 95 % confidence it is below 2.0 %. Not once under all 18 faults together: ' +
        '2700 orders say that with 95 % confidence it is below 0.1 %.',
    );
    expect(boundsOf([])).toBe('There is no fault that every arm was put to.');
  });
});

test.each([
  [12.345, 'percent', '12.3 %'],
  [982.4, 'milliseconds', '982 ms'],
  [1_234.5, 'milliseconds', '1.2 s'],
  [3, 'count', '3'],
  [35.25, 'count', '35.3'],
  [9.96, 'per_second', '10.0 /s'],
  [150, 'cpu_ms', '150.0 ms'],
  [61.2, 'kib', '61.2 KiB'],
] as const)('%d as %s is read as %s', (value, unit, text) => {
  expect(shown(value, unit)).toBe(text);
});

test.each([
  [583, 990, '583 to 990 ms'],
  [583, 1_398, '0.6 to 1.4 s'],
])('%d to %d ms is read in one unit', (low, high, text) => {
  expect(shownRange(low, high, 'milliseconds')).toBe(text);
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('%j is read as %j', (names, text) => {
  expect(listed(names)).toBe(text);
});
