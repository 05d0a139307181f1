import { CloudEvent } from 'cloudevents';
import { expect, test } from 'vitest';
import { isEnded } from '../../src/domain/order-state.js';
import { readData } from '../../src/events/catalogue/read-event.js';
import type { EventType } from '../../src/events/catalogue/catalogue.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import { examples } from '../../examples/catalogue.js';
import { isAsDescribed } from '../../examples/player/expectation.js';
import type { PlacedOrder } from '../../examples/player/placed-order.js';
import { runExample } from '../../examples/player/example.js';
import { roleNames } from '../../src/up/part.js';
import { useTestStack } from '../support/test-stack.js';
import { waitFor } from '../support/wait-for.js';

const stack = useTestStack({ roles: roleNames });
const played = new Map<string, PlacedOrder>();

const limitMs = 120_000;

test.concurrent.each(examples.map((example) => [example.name, example] as const))(
  'the example %s ends as docs/paths.md says',
  async (name, example) => {
    const seen: string[] = [];
    const { differences, order } = await runExample(example, {
      apiUrl: stack.url('api'),
      sandboxUrl: stack.url('sandbox'),
      print: (line) => seen.push(line),
      signal: new AbortController().signal,
    });
    expect(differences, seen.join('\n')).toEqual([]);
    played.set(name, order!);
  },
  limitMs,
);

test('nothing comes after what is described', async () => {
  expect(played.size).toBe(examples.length);
  for (const { name, expected } of examples) {
    const order = played.get(name)!;
    await order.timeline.read();
    expect(isAsDescribed(order.labels, expected), order.labels.join('\n')).toBe(true);
  }
});

test('every fact of every example was published, as one event', async () => {
  for (const { timeline, id } of played.values()) {
    const facts = (await timeline.read()).map(({ sequence, type }) => ({ sequence, type }));
    const feed = `/v1/events?limit=500&order_id=${id}`;
    const events = await waitFor('the events of the order', async () => {
      const { data } = await stack.get<{ data: OrderEvent<EventType>[] }>('api', feed);
      expect(data.map((event) => ({ sequence: event.ordersequence, type: event.type }))).toEqual(
        facts,
      );
      return data;
    });
    for (const event of events) {
      expect(new CloudEvent<unknown>({ ...event }).validate()).toBe(true);
      expect(readData(event)).toEqual(event.data);
      expect(JSON.stringify(event.data)).not.toContain('"other"');
    }
  }
}, 60_000);

test('no fault, no held stock, no open item and no order under way is left behind', async () => {
  const faults = await stack.get<{ data: unknown[] }>('sandbox', '/control/faults');
  const stock = await stack.get<{ data: { held: number }[] }>('api', '/v1/stock');
  const attention = await stack.get<{ data: unknown[] }>('api', '/v1/attention');
  const orders = await stack.get<{ data: { status: string }[] }>('api', '/v1/orders?limit=100');
  expect(faults.data).toEqual([]);
  expect(stock.data.filter(({ held }) => held > 0)).toEqual([]);
  expect(attention.data).toEqual([]);
  expect(orders.data.filter((order) => !isEnded(order))).toEqual([]);
});
