import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultNames, variantNames } from '../../bench/compare/data/names.js';
import { applicabilityOf, variants } from '../../bench/compare/variants.js';
import {
  benchHelp,
  benchTable,
  compareHelp,
  measuredAt,
  readBenchOptions,
  readCompareOptions,
  readStallOptions,
} from '../../bench/options.js';

const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');

const variantsOnly = { variants: true, mix: false };
const mixOnly = { variants: false, mix: true };
const both = { variants: true, mix: true };

test.each([
  [[], both, variantsOnly],
  [['--mix', 'first'], both, variantsOnly],
  [['--mix', 'every'], both, both],
  [['--mix', 'only'], mixOnly, mixOnly],
  [['--mix', 'none'], variantsOnly, variantsOnly],
])('bench with %j measures at its two latencies %j and %j', (args, ...measured) => {
  const options = readBenchOptions(args);
  expect(options.latenciesMs.map((latency) => measuredAt(latency, options))).toEqual(measured);
});

test.each(Object.keys(benchTable))('--%s of bench is in its help and on its page', (name) => {
  expect(benchHelp()).toMatch(new RegExp(`^  --${name} `, 'm'));
  expect(page).toContain(`| \`--${name}\``);
});

test.each([
  [['--help'], true],
  [['-h'], true],
  [[], false],
])('%j asks for the help: %s', (args, help) => {
  expect(readBenchOptions(args).help).toBe(help);
});

test('compare without options has all variants and faults, and ten seeds of ten orders in two rounds', () => {
  expect(readCompareOptions([])).toMatchObject({
    ...{ variants: variantNames, faults: faultNames, seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
    ...{ rounds: 2, orders: 10, help: false },
  });
});

test('a quick comparison has two seeds of six orders, and still all variants', () => {
  const quick = readCompareOptions(['--quick']);
  expect(quick).toMatchObject({ variants: variantNames, seeds: [1, 2], rounds: 1, orders: 6 });
  expect(quick.faults.length).toBeLessThan(faultNames.length);
});

test.each([
  [['--variants', 'mix,saga'], { variants: ['saga', 'mix'] }],
  [['--faults', 'last_item, none'], { faults: ['none', 'last_item'] }],
  [['--seeds', '4,7'], { seeds: [4, 7] }],
  [['--rounds', '5'], { rounds: 5 }],
  [['--seeds', '1'], { rounds: 1 }],
  [['--quick', '--faults', 'none', '--orders', '9'], { faults: ['none'], orders: 9 }],
])('compare with %j is read as %j', (args, expected) => {
  expect(readCompareOptions(args)).toMatchObject(expected);
});

test.each([
  [readCompareOptions, ['--variants', 'saga,kafka'], '--variants: there is no kafka'],
  [readCompareOptions, ['--faults', 'flood'], '--faults: there is no flood'],
  [readCompareOptions, ['--seeds', '0'], '--seeds: not a whole number of 1 or more: 0'],
  [readCompareOptions, ['--rounds', '0'], '--rounds: not a whole number of 1 or more: 0'],
  [readCompareOptions, ['--rounds', '3', '--seeds', '2'], '--rounds: more rounds than seeds: 3'],
  [readCompareOptions, ['--orders', 'many'], '--orders: not a whole number of 2 or more: many'],
  [readCompareOptions, ['--live'], "Unknown option '--live'"],
  [readBenchOptions, ['--mix', 'all'], '--mix: not one of first, every, only, none: all'],
  [readStallOptions, ['--orders', '0'], '--orders: not a whole number of 1 or more: 0'],
  [readStallOptions, ['--seed', 'x'], '--seed: not a whole number of 1 or more: x'],
])('%o refuses %j by the name of the option', (read, args, message) => {
  expect(() => read(args)).toThrow(message);
});

test.each(faultNames)('the help of compare names the fault %s', (fault) => {
  expect(compareHelp()).toContain(`\n  ${fault}`);
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
] as const)('whether the variant %s can have the fault %s: %s', (name, fault, applicable) => {
  expect(applicabilityOf(variants[name], fault)).toBe(applicable);
});
