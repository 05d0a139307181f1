import pg from 'pg';
import { typeid } from 'typeid-js';
import { waitFor } from '../../src/runtime/deadline.js';
import { ApiClient } from '../harness/api-client.js';
import type { Stack } from '../harness/stack.js';
import { api, sandbox, startSystem, worker, type System } from '../harness/system.js';
import { untilAtRest } from './check.js';
import type { Share } from './fill.js';
import { templateOf, type Template } from './template.js';

/** Long enough between two scans for an order to rest, its label bought. */
const [moveMs, pickUpMs] = [500, 6_000];
const limitMs = 60_000;
/** Of twenty orders one is open, and nine are a member's. */
const shares = { open: 1, ofMember: 9, ofGuest: 10 } as const;

/** Carries out two orders, one of a member, and reads them as they are delivered, and one on its way. */
export async function takeTemplates(stack: Stack): Promise<readonly Share[]> {
  const members = [sandbox(moveMs, pickUpMs), worker, { role: 'relay' } as const, api];
  const system = await startSystem(stack, members);
  try {
    const buyers = [true, false, false].map((member) => ({ id: typeid('cus').toString(), member }));
    const client = new ApiClient(system.apiUrl);
    const [ofMember, ofGuest, open] = await Promise.all(
      buyers.map(async (buyer) => ({ ...(await client.place(buyer, {})), buyer })),
    );
    if (ofMember === undefined || ofGuest === undefined || open === undefined) return [];
    const read = async (order: typeof open, isSo: string): Promise<Template> => {
      await waitForRow(system, order.orderId, isSo);
      await untilAtRest(system.pool);
      return readTemplate(stack, [order.orderId, order.buyer.id]);
    };
    const isLabelled = `exists (select from orders.shipments s
      where s.order_id = o.id and s.tracking_number is not null)`;
    return [
      { template: await read(open, isLabelled), of: shares.open },
      { template: await read(ofMember, "status = 'delivered'"), of: shares.ofMember },
      { template: await read(ofGuest, "status = 'delivered'"), of: shares.ofGuest },
    ];
  } finally {
    await system.stopGently();
  }
}

async function waitForRow({ pool }: System, orderId: string, isSo: string): Promise<void> {
  const text = `select last_sequence as entries from orders.orders o where id = $1 and ${isSo}
    and not exists (select from orders.messages m where m.order_id = o.id and m.state = 'waiting')`;
  let earlier = 0;
  // It rests when no entry came between two looks.
  await waitFor(
    async () => {
      const { rows } = await pool.query<{ entries: number }>(text, [orderId]);
      const entries = rows[0]?.entries ?? 0;
      const rests = entries > 0 && entries === earlier;
      earlier = entries;
      return rests;
    },
    { what: `${orderId} to be read (${isSo})`, limitMs, intervalMs: 700 },
  );
}

async function readTemplate({ wiring }: Stack, ids: readonly string[]): Promise<Template> {
  const client = new pg.Client({ connectionString: wiring.databaseUrl });
  await client.connect();
  try {
    return await templateOf(client, ids);
  } finally {
    await client.end();
  }
}
