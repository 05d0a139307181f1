import { describe, expect, test } from 'vitest';
import { money, times } from '../../src/domain/money.js';
import type { OrderInput } from '../../src/workflows/messages.js';
import { splitOver } from '../support/scripts.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

const perLine = money(890, 'EUR');

const ofLines = (count: number): Partial<OrderInput> => ({
  lines: Array.from({ length: count }, (_, index) => ({
    sku: `SKU-${index}`,
    quantity: 4,
    amount: perLine,
  })),
  total: times(perLine, count),
});

/** Events of a delivered order. The carrier tells of each milestone of each parcel, one by one. */
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
  expect(await order.handle.result()).toMatchObject({ status: 'delivered' });
  const { events } = await order.handle.fetchHistory();
  return events?.length ?? 0;
}

/** A busy machine only ever adds events, as a slow workflow task reports itself alive. */
async function eventsOf(parcels: number, lines = 20) {
  const counts: number[] = [];
  for (let round = 0; round < 3; round += 1) counts.push(await eventsOnce(parcels, lines));
  return Math.min(...counts);
}

/** See the budgets in docs/performance.md. */
const mostEvents = 92;
const mostOfFurtherParcel = 44;

describe('the history of a delivered order', () => {
  test(`has at most ${mostEvents} events, and ${mostOfFurtherParcel} more for each further parcel`, async () => {
    const counts: number[] = [];
    for (const parcels of [1, 2, 3, 4]) counts.push(await eventsOf(parcels));
    process.stdout.write(`history events by parcels: ${counts.join(', ')}\n`);
    const [one = 0] = counts;
    const further = counts.map((count, index) => (count - one) / Math.max(index, 1));
    expect(one).toBeLessThanOrEqual(mostEvents);
    expect(Math.max(...further)).toBeLessThanOrEqual(mostOfFurtherParcel);
  }, 120_000);

  test('grows with no line', async () => {
    // One event for each of the nineteen further lines would be nineteen; how tasks fall varies by ten.
    expect((await eventsOf(1)) - (await eventsOf(1, 1))).toBeLessThan(19);
  }, 120_000);
});
