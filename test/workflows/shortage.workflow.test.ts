import { describe, expect, test } from 'vitest';
import type { ShortageDecision } from '../../src/domain/policy.js';
import {
  decideShortageUpdate,
  stockArrivedSignal,
  type OrderInput,
} from '../../src/workflows/messages.js';
import { quietHistory } from '../support/stages.js';
import { type Fakes, gate, type Script } from '../support/fakes.js';
import { shortOfTea, onlyOnePacket } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker, hurried, withPolicy } from '../support/order-worker.js';

const orders = useOrderWorker();

const policy = (shortage: OrderInput['policy']['shortage']) => withPolicy({ shortage });

/** What the stock says, one answer for each time that it is asked; after the last one it has all. */
const stock =
  (...answers: Script[]) =>
  (fakes: Fakes): void => {
    fakes.script('reserveInventory', ...answers);
  };
const neverInStock = (fakes: Fakes): void => {
  fakes.always('reserveInventory', shortOfTea);
};

const decide = ({ handle }: PlacedOrder, decision: ShortageDecision) =>
  handle.executeUpdate(decideShortageUpdate, { args: [{ decision, by: 'customer' }] });

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

/** Nobody's money was touched. */
async function isOutOfStock(order: PlacedOrder): Promise<void> {
  await order.isRejected('out_of_stock');
  expect(order.fakes.calls).not.toContain('authorizePayment');
  expect(order.fakes.calls).not.toContain('createShipment');
}

/** One of two packets is sent, and one is paid: 8.90 EUR of 17.80 EUR. */
async function isDeliveredInPart(order: PlacedOrder): Promise<void> {
  await order.isDelivered();
  const { fakes } = order;
  expect(fakes.requests('reserveInventory').at(-1)).toMatchObject({ partial: true });
  expect(order.recorded('order.reduced')).toMatchObject([
    { dropped: [{ sku: 'TEA-100', quantity: 1 }], total: eur(890) },
  ]);
  expect(fakes.requests('order_reduced')).toHaveLength(1);
  expect(fakes.requests('authorizePayment')).toMatchObject([{ amount: eur(890) }]);
  expect(fakes.requests('capturePayment')).toMatchObject([{ amount: eur(890) }]);
  expect(await order.handle.result()).toMatchObject({ paymentStatus: 'captured' });
}

/** All that was ordered is sent and paid. */
async function isDeliveredInFull(order: PlacedOrder): Promise<void> {
  await order.isDelivered();
  expect(order.recorded('order.reduced')).toEqual([]);
  expect(order.fakes.requests('capturePayment')).toMatchObject([{ amount: eur(1780) }]);
}

describe.concurrent('an order whose goods are not all there', () => {
  test('is reduced by the policy `ship_available`, and only the rest is authorized', async () => {
    const order = await orders.place(policy('ship_available'), stock(shortOfTea, onlyOnePacket));
    await isDeliveredInPart(order);
  });

  test('ends when there is nothing at all that could be sent', async () => {
    const order = await orders.place(policy('ship_available'), neverInStock);
    await isOutOfStock(order);
    expect(order.fakes.requests('reserveInventory')).toHaveLength(2);
    expect(order.recorded('order.reduced')).toEqual([]);
  });

  test('gives back the goods and the money of what is left of it when it is cancelled', async () => {
    const order = await orders.place(policy('ship_available'), stock(shortOfTea, onlyOnePacket));
    await order.waitForState({ stage: 'hand_over', paymentStatus: 'captured' });
    await order.cancel();
    expect(order.fakes.requests('refundPayment')).toMatchObject([{ amount: eur(890) }]);
    expect(order.fakes.undos).toContain('releaseInventory');
  });
});

describe.concurrent('a customer who is asked about missing goods', () => {
  const asked = async (prepare: (fakes: Fakes) => void, changes: Partial<OrderInput> = {}) => {
    const order = await orders.place({ ...policy('ask'), ...changes }, prepare);
    await order.waitForState({ status: 'awaiting_customer', stage: 'decide_shortage' });
    return order;
  };

  const expectDecision = (order: PlacedOrder, by: string, decision: ShortageDecision) => {
    expect(order.recorded('shortage.asked')).toHaveLength(1);
    expect(order.recorded('shortage.decided')).toMatchObject([{ by, decision }]);
  };

  test('may cancel', async () => {
    const order = await asked(neverInStock);
    expect(order.fakes.calls).not.toContain('authorizePayment');
    await decide(order, 'cancel');
    await isOutOfStock(order);
    expectDecision(order, 'customer', 'cancel');
    expect(order.fakes.undos).toEqual([]);
  });

  test('may wait for the goods', async () => {
    const order = await asked(stock(shortOfTea));
    await decide(order, 'wait');
    await order.waitForState({ stage: 'await_stock', fulfillmentStatus: 'backordered' });
    await order.handle.signal(stockArrivedSignal);
    await isDeliveredInFull(order);
    expectDecision(order, 'customer', 'wait');
  });

  test('may have what is there, is asked once, and is not reminded when he answers in time', async () => {
    const order = await asked(stock(shortOfTea, onlyOnePacket));
    await decide(order, 'ship_available');
    await expect(decide(order, 'cancel')).rejects.toMatchObject({ cause: { type: 'Refused' } });
    await isDeliveredInPart(order);
    expect(order.fakes.requests('shortage_question')).toHaveLength(1);
    expect(order.fakes.requests('shortage_reminder')).toEqual([]);
    expect(order.recorded('shortage.reminded')).toEqual([]);
    expectDecision(order, 'customer', 'ship_available');
  });

  test('is reminded once, and may answer after that as well', async () => {
    const limits = { backorderMs: 1, remindMs: 50, decideMs: 60_000 };
    const order = await asked(stock(shortOfTea, onlyOnePacket), hurried({ shortage: limits }));
    await order.fakes.waitForCall('shortage_reminder');
    await decide(order, 'ship_available');
    await isDeliveredInPart(order);
    expect(order.recorded('shortage.reminded')).toHaveLength(1);
    expect(order.fakes.requests('shortage_reminder')).toHaveLength(1);
    expectDecision(order, 'customer', 'ship_available');
  });

  test('loses the order when he stays silent until the limit', async () => {
    const limits = { backorderMs: 1, remindMs: 100, decideMs: 300 };
    const changes = { ...policy('ask'), ...hurried({ shortage: limits }) };
    const order = await orders.place(changes, neverInStock);
    await isOutOfStock(order);
    expectDecision(order, 'deadline', 'cancel');
    expect(order.recorded('shortage.reminded')).toHaveLength(1);
    expect(order.fakes.undos).toEqual([]);
  });
});

describe.concurrent('an order that waits for goods', () => {
  const waiting = async (prepare: (fakes: Fakes) => void) => {
    const order = await orders.place(policy('wait'), prepare);
    await order.waitForState({ status: 'processing', stage: 'await_stock' });
    return order;
  };
  const limited = {
    ...policy('wait'),
    ...hurried({ shortage: { backorderMs: 300, remindMs: 1, decideMs: 2 } }),
  };
  const lines = [{ sku: 'TEA-100', quantity: 2 }];

  test('is in the queue, and goes on when they have arrived', async () => {
    const order = await waiting(stock(shortOfTea));
    expect(order.fakes.requests('enqueueForStock')).toMatchObject([[order.id, lines]]);
    expect(order.fakes.requests('reserveInventory')).toHaveLength(1);
    await order.fakes.waitForCall('backordered');
    await order.handle.signal(stockArrivedSignal);
    await isDeliveredInFull(order);
    expect(order.fakes.requests('reserveInventory')).toHaveLength(2);
  });

  test('waits on when goods have arrived that do not suffice', async () => {
    const order = await waiting(stock(shortOfTea, shortOfTea));
    await order.handle.signal(stockArrivedSignal);
    await order.fakes.waitForCall('reserveInventory', 2);
    await quietHistory(order.handle);
    await order.waitForState({ stage: 'await_stock' });
    expect(order.fakes.requests('enqueueForStock')).toHaveLength(1);
    await order.handle.signal(stockArrivedSignal);
    await isDeliveredInFull(order);
  });

  test('asks once more about goods that arrive while the stock says that there are none', async () => {
    const held = gate<object>();
    const order = await waiting(stock(shortOfTea, held.wait));
    await order.handle.signal(stockArrivedSignal);
    await order.fakes.waitForCall('reserveInventory', 2);
    await order.handle.signal(stockArrivedSignal);
    held.open(shortOfTea());
    await order.waitForFact('inventory.reserved');
    await isDeliveredInFull(order);
  });

  test('ends when nothing has arrived in time, and leaves the queue', async () => {
    const order = await orders.place(limited, neverInStock);
    await isOutOfStock(order);
    expect(order.recorded('inventory.backordered')).toHaveLength(1);
    expect(order.fakes.undos).toEqual(['releaseInventory']);
  });

  test('looks a last time at its limit, and misses no goods whose signal was lost', async () => {
    const order = await orders.place(limited, stock(shortOfTea));
    await order.waitForFact('inventory.reserved');
    await isDeliveredInFull(order);
    expect(order.fakes.requests('reserveInventory')).toHaveLength(2);
  });

  test('leaves the queue when it is cancelled, and asks for nothing any more', async () => {
    const order = await waiting(neverInStock);
    const summary = await order.cancel();
    expect(summary).toMatchObject({ status: 'cancelled', fulfillmentStatus: 'none' });
    expect(order.fakes.undos.at(-1)).toBe('releaseInventory');
    expect(order.fakes.requests('reserveInventory')).toHaveLength(1);
    expect(order.fakes.calls).not.toContain('authorizePayment');
    expect(await order.handle.result()).toMatchObject({ stage: 'done', paymentStatus: 'none' });
  });
});
