import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { described, helpText, measuredAt, readOptions } from '../../bench/options.js';

const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');

const measuredWith = (...args: readonly string[]) => {
  const options = readOptions(args);
  return options.latenciesMs.map((latencyMs) => measuredAt(latencyMs, options));
};

const armsOnly = { arms: true, mix: false };
const mixOnly = { arms: false, mix: true };
const both = { arms: true, mix: true };

test('the mix is measured at the first latency when nothing is said', () => {
  expect(measuredWith()).toEqual([both, armsOnly]);
});

test.each([
  ['first', [both, armsOnly]],
  ['every', [both, both]],
  ['only', [mixOnly, mixOnly]],
  ['none', [armsOnly, armsOnly]],
])('--mix %s', (choice, measured) => {
  expect(measuredWith('--mix', choice)).toEqual(measured);
});

test('an unknown choice is refused by name, with those that there are', () => {
  expect(() => readOptions(['--mix', 'all'])).toThrow(
    '--mix: not one of first, every, only, none: all',
  );
});

test.each(Object.keys(described))('--%s stands in the help and in docs/performance.md', (name) => {
  expect(helpText()).toMatch(new RegExp(`^  --${name} `, 'm'));
  expect(page).toContain(`| \`--${name}\``);
});

test('help is asked for, not an error', () => {
  expect([readOptions(['--help']).help, readOptions(['-h']).help, readOptions([]).help]).toEqual([
    true,
    true,
    false,
  ]);
});
