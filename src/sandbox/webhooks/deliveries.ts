import type { Pool } from 'pg';

import type { Faults } from '../faults.js';
import { newId } from '../store.js';

export type Receiver = 'payments' | 'carrier';

/** A provider's event, in the provider's own shape. */
export interface ProviderEvent {
  readonly id: string;
  readonly receiver: Receiver;
  readonly orderId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One row of the outbox. */
export type Delivery = Readonly<ReturnType<typeof honest>>;

/** Which webhooks the events become: one each, unless a fault says otherwise. */
export async function planDeliveries(
  faults: Faults,
  events: readonly ProviderEvent[],
): Promise<readonly Delivery[]> {
  const plans: Delivery[] = [];
  for (const event of events) plans.push(...(await planOne(faults, event)));
  return plans;
}

async function planOne(faults: Faults, event: ProviderEvent): Promise<readonly Delivery[]> {
  const { receiver, orderId } = event;
  const delivery = honest(event);
  const fault = await faults.take({ service: receiver, operation: 'webhook', orderId });
  if (fault === undefined) return [delivery];
  const { kind } = fault;
  if (kind === 'late') return [{ ...delivery, dueMs: delivery.dueMs + fault.delay_ms }];
  if (kind === 'duplicate') return [delivery, delivery];
  if (kind === 'forged') return [delivery, forgery(event)];
  if (kind === 'lost') return [{ ...delivery, state: 'lost' }];
  return [delivery];
}

const honest = (event: ProviderEvent) => ({
  eventId: event.id,
  receiver: event.receiver,
  body: bodyOf(event),
  /** Sent with a wrong signature. */
  forged: false,
  state: 'pending' as 'pending' | 'lost',
  dueMs: Date.now(),
});

function bodyOf({ receiver, payload }: ProviderEvent): string {
  const body = JSON.stringify(payload);
  return receiver === 'carrier' ? withFloatWeights(body) : body;
}

/**
 * EasyPost writes weights as floats and its client library signs them so: an integer `12` in the
 * body would be checked as `12.0`.
 */
const withFloatWeights = (json: string): string =>
  json.replace(/("weight":\s*)(\d+)(\s*)(?=,|\})/g, '$1$2.0$3');

/** A copy with another id and other contents, which would do visible harm if it were accepted. */
function forgery(event: ProviderEvent): Delivery {
  const id = newId('evt');
  const payload = { ...event.payload, id, ...harm(event) };
  return { ...honest({ ...event, id, payload }), forged: true };
}

function harm({ receiver, payload }: ProviderEvent): Record<string, unknown> {
  if (receiver === 'carrier')
    return { result: { ...(payload['result'] as object), status: 'delivered' } };
  const { object } = payload['data'] as { object: object };
  return {
    type: 'payment_intent.canceled',
    data: { object: { ...object, object: 'payment_intent', status: 'canceled' } },
  };
}

/** The event as it was sent; undefined when there is none. */
export async function eventBody(pool: Pool, id: string): Promise<unknown> {
  const result = await pool.query<{ body: string }>(
    'SELECT body FROM sandbox.webhooks WHERE event_id = $1 AND NOT forged LIMIT 1',
    [id],
  );
  const text = result.rows[0]?.body;
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** How many webhooks are in which state. */
export async function countWebhooks(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const result = await pool.query<{ state: string; count: number }>(
    'SELECT state, count(*)::int AS count FROM sandbox.webhooks GROUP BY state',
  );
  const none = { pending: 0, delivered: 0, failed: 0, lost: 0 };
  return { ...none, ...Object.fromEntries(result.rows.map(({ state, count }) => [state, count])) };
}
