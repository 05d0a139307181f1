import { randomUUID } from 'node:crypto';
import type { PlacedOrder } from '../../examples/player/placed-order.js';
import type { StackClient } from '../../examples/player/stack-client.js';
import { postJson, type Answer } from '../../src/up/json-client.js';
import { waitFor } from '../../src/runtime/deadline.js';
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
