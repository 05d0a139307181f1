import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { anOrderRequest, rowCounts, useTestApi } from '../support/test-api.js';

const api = useTestApi();
const { workflows } = api;

test.each(['orders.lines', 'orders.contacts', 'orders.timeline', 'orders.outbox'])(
  'a request that failed at %s left nothing, and its repetition under the same key makes one order',
  async (table) => {
    const before = await rowCounts(api.database);
    const started = workflows.started.length;
    const key = randomUUID();
    const body = anOrderRequest();
    const post = () => api.http.post('/v1/orders').set('Idempotency-Key', key).send(body);

    await refusing(table, async () => {
      expect((await post()).status).toBeGreaterThanOrEqual(500);
    });
    expect(await rowCounts(api.database)).toEqual(before);
    expect(workflows.started).toHaveLength(started);

    const second = await post().expect(202);
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect((await post().expect(202)).body).toEqual(second.body);
    expect(workflows.started).toHaveLength(started + 1);
  },
);

/** While the work lasts the table takes no rows. */
async function refusing(table: string, work: () => Promise<void>): Promise<void> {
  const name = sql.table(table);
  await sql`alter table ${name} add constraint full_up check (false) not valid`.execute(
    api.database,
  );
  try {
    await work();
  } finally {
    await sql`alter table ${name} drop constraint full_up`.execute(api.database);
  }
}
