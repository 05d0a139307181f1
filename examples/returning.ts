import { allTheWay, charged, deliveredOrder, placed } from './described.js';
import type { Expected } from './player/expectation.js';
import { z } from 'zod';
import { bodyOf } from '../src/up/json-client.js';
import type { Example } from './player/example.js';
import type { PlacedOrder } from './player/placed-order.js';
import type { StackClient } from './player/stack-client.js';

const identified = z.object({ id: z.string() });
const oneTea = { sku: 'TEA-100', quantity: 1 };

const untilDelivered = ['order.delivered', 'confirmation.sent'];

/** One packet of tea is to come back. @returns the id of the return */
async function requestReturn(
  { id, stack }: PlacedOrder,
  { kind = 'refund', reason = 'changed_mind' } = {},
): Promise<string> {
  const body = { order_id: id, kind, lines: [{ ...oneTea, reason }] };
  stack.say(`POST /v1/returns ${JSON.stringify(body)}`);
  return identified.parse(bodyOf(await stack.postKeyed('/v1/returns', body))).id;
}

async function inspect(order: PlacedOrder, returnId: string, verdict: string): Promise<void> {
  await order.fact('return.label_created');
  const body = { by: 'warehouse-7', lines: [{ ...oneTea, verdict }] };
  await order.ask(`/v1/returns/${returnId}/inspection`, body);
}

const refund = 'payment.refunded 8.90 EUR';
const restocked = 'inventory.restocked';
const pointsLost = 'points.revoked 9';

/** One packet of two comes back. @param done what happens side by side after the inspection */
const returned = (approvedBy: string, ...done: readonly (readonly string[])[]): Expected =>
  deliveredOrder({
    payment_status: 'partially_refunded',
    line: [
      placed,
      ...allTheWay(),
      'return.requested',
      `return.approved ${approvedBy}`,
      'return.label_created',
      'return.received',
      { sideBySide: done },
      'return.completed',
    ],
    alsoBeside: ['mail.sent return_approved', 'mail.sent return_completed'],
    payments: [...charged(), 'refund 8.90 EUR'],
  });

export const returningExamples: readonly Example[] = [
  {
    name: 'return',
    summary: 'one of two packets comes back and is refunded',
    story:
      'No rule asks for a person, so the buyer gets his label at once. The warehouse says what it found, and exactly that is refunded, put on sale and subtracted from the points.',
    until: untilDelivered,
    steps: async (order) => inspect(order, await requestReturn(order), 'restock'),
    expected: returned('policy', [refund], [restocked], [pointsLost]),
  },
  {
    name: 'return-approved',
    summary: 'goods are reported as damaged: a person approves, the warehouse scraps them',
    story:
      'Damaged goods need a person, because somebody may be liable for them. The warehouse scraps the packet: it is refunded and not put on sale.',
    until: untilDelivered,
    steps: async (order) => {
      const returnId = await requestReturn(order, { reason: 'damaged' });
      await order.fact('return.requested');
      const body = { reason: 'has a picture', by: 'ops-7' };
      await order.ask(`/v1/returns/${returnId}/approve`, body);
      await inspect(order, returnId, 'scrap');
    },
    expected: returned('ops-7', [refund], [pointsLost]),
  },
  {
    name: 'exchange',
    summary: 'one packet comes back, and a new order brings another one',
    story:
      'An exchange is a return and a new order of the same goods, at the price that was paid and without a shipping fee. The old order is described here; the new one is a plain one.',
    until: untilDelivered,
    steps: async (order) => {
      await inspect(order, await requestReturn(order, { kind: 'exchange' }), 'restock');
      const placed = await order.fact('exchange.placed');
      await order.fact('return.completed');
      const { stack } = order;
      const anew = stack.follow(String(placed['exchange_order_id']));
      stack.say(`the new order, ${anew.id}:`);
      await anew.fact('order.delivered');
    },
    expected: returned('policy', [refund], [restocked], [pointsLost], ['exchange.placed']),
  },
  {
    name: 'points',
    summary: 'a member earns points, and loses those of what comes back',
    story:
      'A point for each whole euro: 17 for 17.80. When one packet comes back, 8 are left for the 8.90 that stay. The ledger of the member is asked before and after.',
    until: untilDelivered,
    steps: async (order) => {
      await order.fact('points.awarded');
      await hasPoints(order.stack, 17);
      await inspect(order, await requestReturn(order), 'restock');
      await order.fact('points.revoked');
      await hasPoints(order.stack, 8);
    },
    expected: returned('policy', [refund], [restocked], [pointsLost]),
  },
];

async function hasPoints(stack: StackClient, expected: number): Promise<void> {
  const points = await stack.points();
  if (points !== expected) throw new Error(`The balance is ${points}, not ${expected}`);
}
