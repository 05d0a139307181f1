import { describe, expect, test } from 'vitest';
import { defaultPolicy, type ShortageDecision } from '../../src/domain/policy.js';
import {
  cancelOrderUpdate,
  decideShortageUpdate,
  stockArrivedSignal,
  type OrderInput,
} from '../../src/workflows/messages.js';
import { hurried, onlyOnePacket, shortOfTea } from '../replay/endings/ending.js';
import {
  waitForCall,
  waitForState,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { isDelivered, isRejected, recorded, requestsOf } from '../support/order-story.js';
import { waitForFact, undosIn } from '../support/parcels.js';
import { quietHistory } from '../support/stages.js';
import type { Script, World } from '../support/world.js';

const desk = useOrderDesk();

const policy = (shortage: OrderInput['policy']['shortage']) => ({
  policy: { ...defaultPolicy, shortage },
});

/** What the stock says, one answer for each time that it is asked; after the last one it has all. */
const stock =
  (...answers: Script[]) =>
  (world: World): void => {
    world.script('reserveInventory', ...answers);
  };
const neverInStock = (world: World): void => {
  world.always('reserveInventory', shortOfTea);
};

const decide = ({ handle }: PlacedOrder, decision: ShortageDecision) =>
  handle.executeUpdate(decideShortageUpdate, { args: [{ decision, by: 'customer' }] });

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

/** Nobody's money was touched. */
async function isOutOfStock(order: PlacedOrder): Promise<void> {
  await isRejected(order, 'out_of_stock');
  expect(order.world.calls).not.toContain('authorizePayment');
  expect(order.world.calls).not.toContain('createShipment');
}

/** One of two packets is sent, and one is paid: 8.90 EUR of 17.80 EUR. */
async function isDeliveredInPart(order: PlacedOrder): Promise<void> {
  await isDelivered(order);
  const { world } = order;
  expect(requestsOf(world, 'reserveInventory').at(-1)).toMatchObject({ partial: true });
  expect(recorded(order, 'order.reduced')).toMatchObject([
    { dropped: [{ sku: 'TEA-100', quantity: 1 }], total: eur(890) },
  ]);
  expect(requestsOf(world, 'order_reduced')).toHaveLength(1);
  expect(requestsOf(world, 'authorizePayment')).toMatchObject([{ amount: eur(890) }]);
  expect(requestsOf(world, 'capturePayment')).toMatchObject([{ amount: eur(890) }]);
  expect(await order.handle.result()).toMatchObject({ paymentStatus: 'captured' });
}

/** All that was ordered is sent and paid. */
async function isDeliveredInFull(order: PlacedOrder): Promise<void> {
  await isDelivered(order);
  expect(recorded(order, 'order.reduced')).toEqual([]);
  expect(requestsOf(order.world, 'capturePayment')).toMatchObject([{ amount: eur(1780) }]);
}

describe.concurrent('an order whose goods are not all there', () => {
  test('ends at once by the policy `cancel`, with nothing to undo', async () => {
    const order = await desk.place(policy('cancel'), stock(shortOfTea));
    await isOutOfStock(order);
    expect(requestsOf(order.world, 'reserveInventory')).toHaveLength(1);
    expect(undosIn(order.world)).toEqual([]);
  });

  test('is reduced by the policy `ship_available`, and only the rest is authorized', async () => {
    const order = await desk.place(policy('ship_available'), stock(shortOfTea, onlyOnePacket));
    await isDeliveredInPart(order);
  });

  test('ends when there is nothing at all that could be sent', async () => {
    const order = await desk.place(policy('ship_available'), neverInStock);
    await isOutOfStock(order);
    expect(requestsOf(order.world, 'reserveInventory')).toHaveLength(2);
    expect(recorded(order, 'order.reduced')).toEqual([]);
  });

  test('gives back the goods and the money of what is left of it when it is cancelled', async () => {
    const order = await desk.place(policy('ship_available'), stock(shortOfTea, onlyOnePacket));
    await waitForState(order.handle, { stage: 'hand_over', paymentStatus: 'captured' });
    await cancel(order);
    expect(requestsOf(order.world, 'refundPayment')).toMatchObject([{ amount: eur(890) }]);
    expect(undosIn(order.world)).toContain('releaseInventory');
  });
});

const cancel = ({ handle }: PlacedOrder) =>
  handle.executeUpdate(cancelOrderUpdate, {
    args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
  });

describe.concurrent('a customer who is asked about missing goods', () => {
  const asked = async (prepare: (world: World) => void, changes: Partial<OrderInput> = {}) => {
    const order = await desk.place({ ...policy('ask'), ...changes }, prepare);
    await waitForState(order.handle, { status: 'awaiting_customer', stage: 'decide_shortage' });
    return order;
  };

  const expectDecision = (order: PlacedOrder, by: string, decision: ShortageDecision) => {
    expect(recorded(order, 'shortage.asked')).toHaveLength(1);
    expect(recorded(order, 'shortage.decided')).toMatchObject([{ by, decision }]);
  };

  test('may cancel', async () => {
    const order = await asked(neverInStock);
    expect(order.world.calls).not.toContain('authorizePayment');
    await decide(order, 'cancel');
    await isOutOfStock(order);
    expectDecision(order, 'customer', 'cancel');
    expect(undosIn(order.world)).toEqual([]);
  });

  test('may have what is there', async () => {
    const order = await asked(stock(shortOfTea, onlyOnePacket));
    await decide(order, 'ship_available');
    await isDeliveredInPart(order);
    expectDecision(order, 'customer', 'ship_available');
  });

  test('may wait for the goods', async () => {
    const order = await asked(stock(shortOfTea));
    await decide(order, 'wait');
    await waitForState(order.handle, { stage: 'await_stock', fulfillmentStatus: 'backordered' });
    await order.handle.signal(stockArrivedSignal);
    await isDeliveredInFull(order);
    expectDecision(order, 'customer', 'wait');
  });

  test('is heard without a reminder when he answers in time, and is asked once', async () => {
    const order = await asked(stock(shortOfTea, onlyOnePacket));
    await decide(order, 'ship_available');
    await expect(decide(order, 'cancel')).rejects.toMatchObject({ cause: { type: 'Refused' } });
    await isDeliveredInPart(order);
    expect(requestsOf(order.world, 'shortage_question')).toHaveLength(1);
    expect(requestsOf(order.world, 'shortage_reminder')).toEqual([]);
    expect(recorded(order, 'shortage.reminded')).toEqual([]);
  });

  test('is reminded once, and is heard after that as well', async () => {
    const limits = { backorderMs: 1, remindMs: 50, decideMs: 60_000 };
    const order = await asked(stock(shortOfTea, onlyOnePacket), hurried({ shortage: limits }));
    await waitForCall(order.world, 'shortage_reminder');
    await decide(order, 'ship_available');
    await isDeliveredInPart(order);
    expect(recorded(order, 'shortage.reminded')).toHaveLength(1);
    expect(requestsOf(order.world, 'shortage_reminder')).toHaveLength(1);
    expectDecision(order, 'customer', 'ship_available');
  });

  test('loses the order when he stays silent until the limit', async () => {
    const limits = { backorderMs: 1, remindMs: 100, decideMs: 300 };
    const changes = { ...policy('ask'), ...hurried({ shortage: limits }) };
    const order = await desk.place(changes, neverInStock);
    await isOutOfStock(order);
    expectDecision(order, 'deadline', 'cancel');
    expect(recorded(order, 'shortage.reminded')).toHaveLength(1);
    expect(undosIn(order.world)).toEqual([]);
  });
});

describe.concurrent('an order that waits for goods', () => {
  const waiting = async (prepare: (world: World) => void) => {
    const order = await desk.place(policy('wait'), prepare);
    await waitForState(order.handle, { status: 'processing', stage: 'await_stock' });
    return order;
  };
  const limited = {
    ...policy('wait'),
    ...hurried({ shortage: { backorderMs: 300, remindMs: 1, decideMs: 2 } }),
  };
  const lines = [{ sku: 'TEA-100', quantity: 2 }];

  test('stands in the queue, and goes on when they have arrived', async () => {
    const order = await waiting(stock(shortOfTea));
    expect(requestsOf(order.world, 'enqueueForStock')).toMatchObject([
      [order.handle.workflowId, lines],
    ]);
    expect(requestsOf(order.world, 'reserveInventory')).toHaveLength(1);
    await waitForCall(order.world, 'backordered');
    await order.handle.signal(stockArrivedSignal);
    await isDeliveredInFull(order);
    expect(requestsOf(order.world, 'reserveInventory')).toHaveLength(2);
  });

  test('waits on when goods have arrived that do not suffice', async () => {
    const order = await waiting(stock(shortOfTea, shortOfTea));
    await order.handle.signal(stockArrivedSignal);
    await waitForCall(order.world, 'reserveInventory', 2);
    await quietHistory(order.handle);
    await waitForState(order.handle, { stage: 'await_stock' });
    expect(requestsOf(order.world, 'enqueueForStock')).toHaveLength(1);
    await order.handle.signal(stockArrivedSignal);
    await isDeliveredInFull(order);
  });

  test('ends when nothing has arrived in time, and leaves the queue', async () => {
    const order = await desk.place(limited, neverInStock);
    await isOutOfStock(order);
    expect(recorded(order, 'inventory.backordered')).toHaveLength(1);
    expect(undosIn(order.world)).toEqual(['releaseInventory']);
  });

  test('looks a last time at its limit, and misses nothing of which it was not told', async () => {
    const order = await desk.place(limited, stock(shortOfTea));
    await waitForFact(order, 'inventory.reserved');
    await isDeliveredInFull(order);
    expect(requestsOf(order.world, 'reserveInventory')).toHaveLength(2);
  });

  test('leaves the queue when it is cancelled, and asks for nothing any more', async () => {
    const order = await waiting(neverInStock);
    const summary = await cancel(order);
    expect(summary).toMatchObject({ status: 'cancelled', fulfillmentStatus: 'none' });
    expect(undosIn(order.world).at(-1)).toBe('releaseInventory');
    expect(requestsOf(order.world, 'reserveInventory')).toHaveLength(1);
    expect(order.world.calls).not.toContain('authorizePayment');
    expect(await order.handle.result()).toMatchObject({ stage: 'done', paymentStatus: 'none' });
  });
});
