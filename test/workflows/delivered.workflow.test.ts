import { expect, test } from 'vitest';
import { money, times } from '../../src/domain/money.js';
import { statusQuery, timelineQuery, type OrderInput } from '../../src/workflows/messages.js';
import { gate } from '../support/fakes.js';
import { useOrderWorker } from '../support/order-worker.js';
import { splitOver } from '../support/scripts.js';

const orders = useOrderWorker();

test('an order that nothing hinders is delivered, and its queries say so after its end', async () => {
  const order = await orders.place();
  await order.deliver(0);
  const summary = await order.end();

  expect(summary).toMatchObject({
    status: 'delivered',
    stage: 'done',
    paymentStatus: 'captured',
    fulfillmentStatus: 'delivered',
    needsAttention: false,
  });
  expect(order.fakes.calls.toSorted()).toEqual(
    [
      'order_placed',
      'reserveInventory',
      'authorizePayment',
      'order_confirmation',
      'seller_notice',
      'assignDeliveryPartner',
      'awardPoints',
      'createShipment',
      'capturePayment',
      'issueInventory',
      'shipped',
      'delivered',
    ].toSorted(),
  );
  expect(await order.handle.query(statusQuery)).toEqual(summary);
  const timeline = await order.handle.query(timelineQuery);
  expect(timeline.map((fact) => fact.type)).toEqual(
    expect.arrayContaining(['order.placed', ...order.facts]),
  );
});

test('an order answers queries and takes a cancel before its first step is done', async () => {
  const reserving = gate<undefined>();
  const order = await orders.place({}, (fakes) => {
    fakes.always('reserveInventory', reserving.wait);
  });
  await order.fakes.waitForCall('reserveInventory');
  expect(await order.handle.query(statusQuery)).toMatchObject({ status: 'pending' });
  expect((await order.handle.query(timelineQuery))[0]).toMatchObject({ type: 'order.placed' });
  const cancelled = await order.startCancel();
  reserving.open(undefined);
  expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  expect(order.fakes.calls).not.toContain('authorizePayment');
});

const perLine = money(890, 'EUR');

const ofLines = (count: number): Partial<OrderInput> => ({
  lines: Array.from({ length: count }, (_, index) => ({
    sku: `SKU-${index}`,
    quantity: 4,
    amount: perLine,
  })),
  total: times(perLine, count),
});

/** Events of a delivered order. The carrier reports each milestone of each parcel, one by one. */
async function eventsOnce(parcels: number, lines: number) {
  const order = await orders.place(ofLines(lines), (fakes) => {
    splitOver(fakes, ...Array.from({ length: parcels }, (_, index) => `wh_${index}`));
  });
  await order.waitForFact('payment.captured', parcels);
  for (const milestone of ['handed_over', 'delivered'] as const) {
    for (let index = 0; index < parcels; index += 1) {
      await order.report(milestone, index);
      await order.waitForFact(`shipment.${milestone}`, index + 1);
    }
  }
  await order.endsAs('delivered');
  const { events } = await order.handle.fetchHistory();
  return events?.length ?? 0;
}

/** A busy machine only ever adds events, so a count above its limit is repeated. */
async function eventsOf(parcels: number, most: number, lines = 20) {
  let fewest = Infinity;
  for (let round = 0; round < 3 && fewest > most; round += 1) {
    fewest = Math.min(fewest, await eventsOnce(parcels, lines));
  }
  return fewest;
}

/** See the budgets in docs/performance.md. */
const mostEvents = 92;
const mostOfFurtherParcel = 44;

test(`the history of a delivered order has at most ${mostEvents} events, and ${mostOfFurtherParcel} more for each further parcel`, async () => {
  const one = await eventsOf(1, mostEvents);
  expect(one).toBeLessThanOrEqual(mostEvents);
  for (const parcels of [2, 4]) {
    const most = one + (parcels - 1) * mostOfFurtherParcel;
    const count = await eventsOf(parcels, most);
    process.stdout.write(`history events of ${parcels} parcels: ${count}; of one: ${one}\n`);
    expect(count).toBeLessThanOrEqual(most);
  }
}, 120_000);

test('the history of an order does not grow with its lines', async () => {
  const ofOneLine = await eventsOf(1, mostEvents, 1);
  // One event for each of the nineteen further lines would be nineteen; how tasks fall varies by ten.
  const most = ofOneLine + 18;
  expect(await eventsOf(1, most)).toBeLessThanOrEqual(most);
}, 120_000);
