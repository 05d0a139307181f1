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

export type DemoOutcome =
  | { readonly kind: 'ended'; readonly orderId: string; readonly status: string }
  | { readonly kind: 'unfinished'; readonly orderId: string; readonly reason: string }
  | { readonly kind: 'not_placed'; readonly reason: string };

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

/** Places one order and shows its facts as they happen, until it has ended or the limit is over. */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  let orderId: string;
  try {
    orderId = await placeOrder(options.apiUrl);
  } catch (error) {
    return { kind: 'not_placed', reason: messageOf(error) };
  }
  options.print(`An example order was placed: ${orderId}`);
  try {
    return await follow(orderId, options);
  } catch (error) {
    return { kind: 'unfinished', orderId, reason: messageOf(error) };
  }
}

async function placeOrder(apiUrl: string): Promise<string> {
  const key = { 'idempotency-key': randomUUID() };
  const answer = await postJson(`${apiUrl}/v1/orders`, exampleOrder, key);
  return orderAnswer.parse(bodyOf(answer)).id;
}

async function follow(
  orderId: string,
  { apiUrl, print, limitMs = defaultLimitMs }: DemoOptions,
): Promise<DemoOutcome> {
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
  const hasEnded = await poll(look, { limitMs, intervalMs: pollMs });
  return hasEnded === true
    ? { kind: 'ended', orderId, status: last }
    : { kind: 'unfinished', orderId, reason: `still ${last} after ${limitMs / 1000} s` };
}

const newFacts = (facts: readonly Fact[], seen: number): readonly Fact[] =>
  facts.filter(({ sequence }) => sequence > seen).sort((a, b) => a.sequence - b.sequence);

const factLine = ({ at, type }: Fact): string => `  ${at.slice(11, 23)}  ${type}`;
