import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/api/metrics.js';
import { openDatabase } from '../../src/db/database.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { fencesOf } from './pages.js';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[];
}

const alerts = fencesOf('docs/runbook.md', 'yaml').flatMap((text) =>
  (parse(text) as Rules).groups.flatMap(({ rules }) => rules),
);

let store: TestDatabase;
let shown: string;
beforeAll(async () => {
  store = await testDatabase({ migrated: true });
  const database = openDatabase({ url: store.url, poolSize: 1 });
  ({ text: shown } = await createMetrics(database).read());
  await database.destroy();
});
afterAll(() => store.drop());

test('docs/runbook.md has alerts', () => {
  expect(alerts.length).toBeGreaterThan(3);
});

test.each(alerts)('the alert $alert of docs/runbook.md uses a metric of the API', ({ expr }) => {
  const [, metric, label = ''] = /(orders_\w+)(?:\{(\w+="\w+")\})?/.exec(expr)!;
  const series = shown.split('\n').filter((line) => new RegExp(`^${metric!}[ {]`).test(line));
  expect(series.filter((line) => line.includes(label))).not.toEqual([]);
});
