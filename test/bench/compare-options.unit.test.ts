import { expect, test } from 'vitest';
import { arms } from '../../bench/compare/arms.js';
import { armNames, faultNames } from '../../bench/compare/data/names.js';
import { applicabilityOf } from '../../bench/compare/faults/applicability.js';
import { helpText, readOptions } from '../../bench/compare/options.js';

test('without a word everything is compared, with ten seeds of ten orders in two rounds', () => {
  expect(readOptions([])).toMatchObject({
    arms: armNames,
    faults: faultNames,
    seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    rounds: 2,
    orders: 10,
    help: false,
  });
});

test('a quick run has two seeds of six orders, and still all arms', () => {
  const { arms: chosen, seeds, rounds, orders, faults } = readOptions(['--quick']);
  expect([chosen, seeds, rounds, orders]).toEqual([armNames, [1, 2], 1, 6]);
  expect(faults.length).toBeLessThan(faultNames.length);
  expect(readOptions(['--quick', '--faults', 'none', '--orders', '9'])).toMatchObject({
    faults: ['none'],
    orders: 9,
  });
});

test('arms and faults are chosen by name, and stand in their usual order', () => {
  expect(readOptions(['--arms', 'mix,saga']).arms).toEqual(['saga', 'mix']);
  expect(readOptions(['--faults', 'last_item, none']).faults).toEqual(['none', 'last_item']);
  expect(readOptions(['--seeds', '4,7']).seeds).toEqual([4, 7]);
});

test('there are as many rounds as somebody says, and never more than seeds', () => {
  expect(readOptions(['--rounds', '5']).rounds).toBe(5);
  expect(readOptions(['--seeds', '1']).rounds).toBe(1);
});

test.each([
  [['--arms', 'saga,kafka'], '--arms: there is no kafka'],
  [['--faults', 'flood'], '--faults: there is no flood'],
  [['--seeds', '0'], '--seeds: not a whole number of 1 or more: 0'],
  [['--rounds', '0'], '--rounds: not a whole number of 1 or more: 0'],
  [['--rounds', '3', '--seeds', '2'], '--rounds: more rounds than seeds: 3'],
  [['--orders', 'many'], '--orders: not a whole number of 2 or more: many'],
])('%j is refused by name', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test('the live mode lasts an hour unless somebody says otherwise, and is off without its word', () => {
  expect(readOptions(['--live']).live).toEqual({ minutes: 60 });
  expect(readOptions(['--live', '--minutes', '5']).live).toEqual({ minutes: 5 });
  expect(readOptions([]).live).toBeUndefined();
});

test.each([
  [['--live', '--quick'], '--live does not go with --quick'],
  [['--live', '--faults', 'none', '--cost', '0'], '--live does not go with --faults, --cost'],
  [['--live', '--against', 'docs/compare'], '--live does not go with --against'],
  [['--live', '--fresh'], '--live does not go with --fresh'],
  [['--minutes', '5'], '--minutes goes with --live alone'],
  [['--live', '--minutes', '0'], '--minutes: not a whole number of 1 or more: 0'],
])('%j contradicts itself', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test.each(faultNames)('the help names %s', (fault) => {
  expect(helpText()).toContain(`\n  ${fault}`);
});

test.each([
  ['saga', 'engine_restarted', 'yes'],
  ['mix', 'engine_restarted', 'yes'],
  ['outbox', 'engine_restarted', 'no: it has no engine'],
  ['naive', 'engine_restarted', 'no: it has no engine'],
  ['saga', 'broker_restarted', 'no: it publishes nothing, so there is no broker'],
  ['outbox', 'broker_restarted', 'yes'],
  ['saga', 'slow_consumer', 'no: nobody consumes events, the main path least of all'],
  ['mix', 'slow_consumer', 'yes'],
  ['saga', 'event_lost', 'yes'],
  ['naive', 'kill_after_commit', 'yes'],
] as const)('%s, %s: %s', (arm, fault, applicable) => {
  expect(applicabilityOf(arms[arm], fault)).toBe(applicable);
});
