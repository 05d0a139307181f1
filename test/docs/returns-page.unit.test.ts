import { expect, test } from 'vitest';
import { returnRules } from '../../src/domain/returns.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { readText, rowsIn } from './pages.js';

const text = readText('docs/returns.md');
const cells = rowsIn(text).map(([first]) => first!);

test('docs/returns.md explains every rule by which a person has to approve', () => {
  expect(cells).toEqual(expect.arrayContaining(Object.keys(returnRules)));
});

test('docs/returns.md gives the deadlines that the code has', () => {
  const dayMs = 86_400_000;
  const { returns, undoMs } = standardServiceLevel;
  expect(text).toContain(`After ${returns.approveMs / dayMs} days of silence`);
  expect(text).toContain(`${returns.arriveMs / dayMs} days to send the goods`);
  expect(text).toContain(`The window is ${returns.windowMs / dayMs} days`);
  expect(text).toContain(`still being tried after ${undoMs / 60_000} minutes`);
});
