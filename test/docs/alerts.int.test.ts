import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/api/metrics.js';
import { openDatabase, type Database } from '../../src/db/database.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { fencesOf } from './pages.js';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

const alerts = fencesOf('docs/runbook.md')
  .filter(({ language }) => language === 'yaml')
  .flatMap(({ text }) => (parse(text) as Rules).groups.flatMap(({ rules }) => rules));

let store: TestDatabase;
let database: Database;
let shown: string;
beforeAll(async () => {
  store = await testDatabase({ migrated: true });
  database = openDatabase({ url: store.url, poolSize: 1 });
  ({ text: shown } = await createMetrics(database).read());
});
afterAll(async () => {
  await database.destroy();
  await store.drop();
});

test('the runbook has alerts', () => {
  expect(alerts.length).toBeGreaterThan(3);
});

test.each(alerts.map(({ alert, expr }) => [alert, expr]))(
  'the alert %s looks at series that are there',
  (_alert, expr) => {
    const [, metric, label] = /(orders_\w+)(?:\{(\w+="\w+")\})?/.exec(expr)!;
    const series = shown.split('\n').filter((line) => new RegExp(`^${metric!}[ {]`).test(line));
    expect(series.filter((line) => line.includes(label ?? ''))).not.toEqual([]);
  },
);
