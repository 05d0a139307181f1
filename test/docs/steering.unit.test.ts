import { expect, test } from 'vitest';
import * as table from '../../src/domain/steering.js';
import { steeringPage } from '../../tools/steering-page.mjs';
import { readText } from './pages.js';

test('docs/steering.md is what the table says; `npm run docs:steering` prints it again', async () => {
  expect(readText('docs/steering.md')).toBe(await steeringPage(table));
});

test('a table that changes makes another page', async () => {
  const { accepts } = table;
  const changed = { ...table, accepts: { ...accepts, delivery: ['cancelOrder'] } };
  expect(await steeringPage(changed)).not.toBe(await steeringPage(table));
});
