import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isEnded } from '../domain/order-state.js';
import { poll } from '../runtime/deadline.js';
import { repositoryRoot } from './folders.js';
import { bodyOf, getJson, postJson } from './json-client.js';
import { messageOf } from './part.js';
import { timeOf, Timeline } from './timeline.js';

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

interface ExampleOrder {
  readonly customer: Readonly<Record<string, unknown>>;
  readonly shipping_address: Readonly<
    Record<'name' | 'line1' | 'city' | 'postal_code' | 'country', string>
  >;
  readonly payment_method: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** The request of the README. */
export const exampleOrder = JSON.parse(
  readFileSync(join(repositoryRoot, 'docs', 'examples', 'order.json'), 'utf8'),
) as ExampleOrder;

const orderAnswer = z.object({ id: z.string(), status: z.string() });

/** Places one order and shows its facts as they happen, until it has ended or the limit has passed. */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
  const { apiUrl, print } = options;
  let orderId: string;
  try {
    const key = { 'idempotency-key': randomUUID() };
    const answer = await postJson(`${apiUrl}/v1/orders`, exampleOrder, key);
    orderId = orderAnswer.parse(bodyOf(answer)).id;
  } catch (error) {
    return { summary: `The example order was not placed: ${messageOf(error)}` };
  }
  print(`An example order was placed: ${orderId}`);
  try {
    return { orderId, summary: `The order is ${await follow(orderId, options)}.` };
  } catch (error) {
    return { orderId, summary: `The order has not ended yet: ${messageOf(error)}` };
  }
}

/** @returns the status in which it ended @throws Error when it does not end in time */
async function follow(
  orderId: string,
  { apiUrl, print, limitMs = defaultLimitMs }: DemoOptions,
): Promise<string> {
  const url = `${apiUrl}/v1/orders/${orderId}`;
  const timeline = new Timeline(url, (fact) => {
    print(`  ${timeOf(fact)}  ${fact.type}`);
  });
  let status = '';
  const look = async (): Promise<boolean> => {
    // The status is read first: what led to it is then in the timeline.
    ({ status } = orderAnswer.parse(await getJson(url)));
    await timeline.read();
    return isEnded({ status });
  };
  if ((await poll(look, { limitMs, intervalMs: pollMs })) === true) return status;
  throw new Error(`still ${status} after ${limitMs / 1000} s`);
}
