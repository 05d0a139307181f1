import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { silentHarbor } from '../../examples/described.js';
import type { PlacedOrder } from '../../examples/player/placed-order.js';
import type { StackClient } from '../../examples/player/stack-client.js';
import { isEnded } from '../../src/domain/order-state.js';
import { poll, waitFor } from '../../src/runtime/deadline.js';
import { getJson, postJson, type Answer } from '../../src/up/json-client.js';
import type { StalledOrder } from '../prove-stalls/drive.js';
import { messageKinds, type MessageKind, type MessageName, type Sending } from './kinds.js';

/** An order that waits for a message of this kind, and the request that sends it. */
export interface Waiting {
  readonly name: MessageName;
  readonly effect: string;
  readonly order: PlacedOrder;
  readonly sending: Sending;
}

export async function waitingOrder(stack: StackClient, name: MessageName): Promise<Waiting> {
  const { order: changes, until, sending, effect }: MessageKind = messageKinds[name];
  const order = await stack.place(changes, until);
  return { name, effect, order, sending: await sending(order) };
}

const againMs = 250;
const takenLimitMs = 60_000;

/** Sends it as a good client does: again under the same key, until somebody has taken it. */
export async function send({ order, sending }: Waiting): Promise<Answer> {
  const { apiUrl, sandboxUrl } = order.stack.options;
  const { to, path, body } = sending;
  const url = to === 'api' ? `${apiUrl}${path}` : `${sandboxUrl}/control${path}`;
  const headers = { 'idempotency-key': randomUUID() };
  return waitFor(
    async () => {
      const answer = await postJson(url, body, headers).catch(() => undefined);
      return answer !== undefined && answer.status < 500 && answer;
    },
    { what: `${path} to be taken`, limitMs: takenLimitMs, intervalMs: againMs },
  );
}

/** A message that was sent, and what became of it. */
export interface Sent extends StalledOrder {
  readonly name: MessageName;
  readonly loss: string;
  /** How often its order shows it. */
  readonly effects: number;
  readonly attempts: number;
  /** As the API tells its sender; a report can be of several messages. */
  readonly states: readonly string[];
}

const limitMs = 120_000;
const orderAnswer = z.object({
  status: z.string(),
  totals: z.object({ total: z.object({ amount: z.number() }) }),
});
const messageAnswer = z.object({ state: z.string(), attempts: z.number() });

/** Waits for the effect, and carries the order to its end. */
export async function finish(
  pool: pg.Pool,
  { order, name, effect }: Waiting,
  answer: Answer,
  loss: string,
): Promise<Sent> {
  const orderUrl = `${order.stack.options.apiUrl}/v1/orders/${order.id}`;
  const look = async () => orderAnswer.parse(await getJson(orderUrl));
  // What does not come in time is found by the rules.
  await order.fact(effect, 1, limitMs).catch(() => undefined);
  if (messageKinds[name].order === silentHarbor)
    await order.scan('delivered').catch(() => undefined);
  await poll(async () => isEnded(await look()), { limitMs });
  const messages = await poll(
    async () => {
      const found = await messagesOf(pool, orderUrl, { orderId: order.id, name });
      return found.every(({ state }) => state !== 'waiting') && found;
    },
    { limitMs, intervalMs: 500 },
  );
  const isCancel = name === 'cancelOrder';
  const facts = await order.timeline.read();
  return {
    ...{ name, loss, orderId: order.id, totalMinor: (await look()).totals.total.amount },
    ...{ isMember: true, customerId: '', sentAtMs: 0, acceptedAfterMs: 0 },
    excuses: isCancel ? ['cancelled'] : [],
    cancelStatus: isCancel ? answer.status : undefined,
    effects: facts.filter(({ type }) => type === effect).length,
    attempts: Math.max(0, ...(messages ?? []).map(({ attempts }) => attempts)),
    states: messages?.map(({ state }) => state) ?? ['waiting'],
  };
}

async function messagesOf(
  pool: pg.Pool,
  orderUrl: string,
  { orderId, name }: Pick<Sent, 'orderId' | 'name'>,
) {
  const query = 'select id from orders.messages where order_id = $1 and kind = $2';
  const { rows } = await pool.query<{ id: string }>(query, [orderId, name]);
  return Promise.all(
    rows.map(async ({ id }) =>
      messageAnswer.parse(await getJson(`${orderUrl}/messages/${encodeURIComponent(id)}`)),
    ),
  );
}
