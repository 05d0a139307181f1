import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isEnded } from '../domain/order-state.js';
import { poll } from '../runtime/deadline.js';
import { bodyOf, getJson, postJson } from './json-client.js';
import { messageOf } from './part.js';

export interface DemoOptions {
  readonly apiUrl: string;
  readonly print: (line: string) => void;
  readonly limitMs?: number;
}

export interface DemoOutcome {
  /** Absent when the order was not placed. */
  readonly orderId?: string;
  /** What came of it, in a sentence. */
  readonly summary: string;
}

const pollMs = 150;
const defaultLimitMs = 60_000;

/** The request of the README. */
export const exampleOrder = {
  customer: {
    id: 'cus_42',
    name: 'Ada Example',
    email: 'ada@example.com',
    phone: '+4915100000000',
    member: true,
  },
  shipping_address: {
    name: 'Ada Example',
    line1: '1 Main Street',
    city: 'Berlin',
    postal_code: '10115',
    country: 'DE',
  },
  lines: [{ sku: 'TEA-100', quantity: 2 }],
  currency: 'EUR',
  payment_method: 'pm_card_visa',
  shortage_policy: 'cancel',
  metadata: {},
} as const;

const orderAnswer = z.object({ id: z.string(), status: z.string() });
const factAnswer = z.object({ sequence: z.number(), type: z.string(), at: z.string() });
const timelineAnswer = z.object({ data: z.array(factAnswer) });
type Fact = z.infer<typeof factAnswer>;

/** Places one order and shows its facts as they happen, until it has ended or the limit has passed. */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  let orderId: string;
  try {
    orderId = await placeOrder(options.apiUrl);
  } catch (error) {
    return { summary: `The example order was not placed: ${messageOf(error)}` };
  }
  options.print(`An example order was placed: ${orderId}`);
  try {
    return { orderId, summary: `The order is ${await follow(orderId, options)}.` };
  } catch (error) {
    return { orderId, summary: `The order has not ended yet: ${messageOf(error)}` };
  }
}

async function placeOrder(apiUrl: string): Promise<string> {
  const key = { 'idempotency-key': randomUUID() };
  const answer = await postJson(`${apiUrl}/v1/orders`, exampleOrder, key);
  return orderAnswer.parse(bodyOf(answer)).id;
}

/** @returns the status in which it ended @throws Error when it does not end in time */
async function follow(
  orderId: string,
  { apiUrl, print, limitMs = defaultLimitMs }: DemoOptions,
): Promise<string> {
  let seen = 0;
  let last = '';
  const look = async (): Promise<boolean> => {
    // The status is read first: what led to it is then in the timeline.
    const { status } = orderAnswer.parse(await getJson(`${apiUrl}/v1/orders/${orderId}`));
    const { data } = timelineAnswer.parse(await getJson(`${apiUrl}/v1/orders/${orderId}/timeline`));
    for (const fact of newFacts(data, seen)) print(factLine(fact));
    seen = data.reduce((highest, { sequence }) => Math.max(highest, sequence), seen);
    last = status;
    return isEnded({ status });
  };
  if ((await poll(look, { limitMs, intervalMs: pollMs })) === true) return last;
  throw new Error(`still ${last} after ${limitMs / 1000} s`);
}

const newFacts = (facts: readonly Fact[], seen: number): readonly Fact[] =>
  facts.filter(({ sequence }) => sequence > seen).sort((a, b) => a.sequence - b.sequence);

const factLine = ({ at, type }: Fact): string => `  ${at.slice(11, 23)}  ${type}`;
