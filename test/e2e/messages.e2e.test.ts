import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { StackClient } from '../../examples/player/stack-client.js';
import { messageNames, type MessageName } from '../../bench/prove-messages/kinds.js';
import { send, waitingOrder, type Waiting } from '../../bench/prove-messages/send.js';
import { withClient } from '../../src/up/postgres/databases.js';
import { useTestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

// A stall that outlasts a workflow task is short then.
const shortTasks = fileURLToPath(new URL('fixtures/short-task-api.mjs', import.meta.url));
const stack = useTestStack({ stores: 'own', scripts: { api: shortTasks } });

const stopAll = (parts: readonly string[], signal: 'SIGSTOP' | 'SIGCONT') => {
  for (const part of parts) stack.processes.kill(part as 'worker', signal);
};

/** Some parts stand still while the messages are sent. */
const stalled =
  (ms: number, ...parts: readonly string[]) =>
  async (sendAll: () => Promise<unknown>) => {
    stopAll(parts, 'SIGSTOP');
    const sent = sendAll();
    await sleep(ms);
    stopAll(parts, 'SIGCONT');
    await sent;
  };

/** How messages get lost: on the way to the workflow, in it, or on the way of their answer back. */
const losses: Readonly<Record<string, (sendAll: () => Promise<unknown>) => Promise<void>>> = {
  'Temporal is away': stalled(7_000, 'temporal'),
  'the sending fails, as the API is killed with it': async (sendAll) => {
    stack.processes.kill('temporal', 'SIGSTOP');
    const sent = sendAll();
    await sleep(500);
    stack.processes.kill('api', 'SIGKILL');
    stack.processes.kill('temporal', 'SIGCONT');
    await sent;
  },
  'Temporal is away and the relay is down': async (sendAll) => {
    stack.processes.kill('relay', 'SIGKILL');
    await stalled(3_000, 'temporal')(sendAll);
  },
  "the workflow's task times out": stalled(4_000, 'worker'),
  'the worker is killed while it handles them': async (sendAll) => {
    const sent = sendAll();
    await sleep(30);
    stack.processes.kill('worker', 'SIGKILL');
    await sent;
  },
};

async function messagesOf({ order, name }: Waiting) {
  return withClient(stack.url('database'), async (client) => {
    const query = 'select id, state from orders.messages where order_id = $1 and kind = $2';
    const { rows } = await client.query<{ id: string; state: string }>(query, [order.id, name]);
    return rows;
  });
}

async function expectTakenOnce(waiting: Waiting): Promise<void> {
  const { order, effect, name } = waiting;
  await order.fact(effect, 1, 60_000);
  await waitFor(
    `an end of all messages of ${name}`,
    async () => {
      const states = (await messagesOf(waiting)).map(({ state }) => state);
      expect(new Set(states), name).toEqual(new Set(['taken']));
    },
    60_000,
  );
  const facts = await order.timeline.read();
  expect(
    facts.filter(({ type }) => type === effect),
    name,
  ).toHaveLength(1);
  const [message] = await messagesOf(waiting);
  const path = `/v1/orders/${order.id}/messages/${encodeURIComponent(message!.id)}`;
  expect(await stack.get('api', path)).toMatchObject({ kind: name, state: 'taken' });
}

describe.each(Object.entries(losses))('while %s', (_loss, during) => {
  test('each kind of message arrives once, and its sender can see that', async () => {
    const client = new StackClient({
      apiUrl: stack.url('api'),
      sandboxUrl: stack.url('sandbox'),
      print: () => undefined,
      signal: AbortSignal.timeout(150_000),
    });
    const prepare = (name: MessageName) => waitingOrder(client, name);
    const orders = await Promise.all(messageNames.map(prepare));
    await during(() => Promise.all(orders.map(send)));
    await Promise.all(orders.map(expectTakenOnce));
    await client.cleanUp();
  }, 180_000);
});
