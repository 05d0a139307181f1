import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.js';
import { paymentEventSignal, stockArrivedSignal } from '../../src/workflows/messages.js';
import { endOf, waitForCall, useOrderDesk } from '../support/order-desk.js';
import { deliver, waitForFact } from '../support/parcels.js';
import { gate } from '../support/world.js';

const desk = useOrderDesk();

const short = { kind: 'short', lines: [{ sku: 'TEA-100', asked: 2, available: 1 }] };
const asksCustomer = { kind: 'requires_action', paymentId: 'pi_1' };

describe.concurrent('what is told while the order looks makes it look once more', () => {
  test('goods that arrive while the stock says that there are none', async () => {
    const held = gate<object>();
    const policy = { ...defaultPolicy, shortage: 'wait' } as const;
    const order = await desk.place({ policy }, (world) => {
      world.script('reserveInventory', () => short, held.wait);
    });
    await waitForFact(order, 'inventory.backordered');
    await order.handle.signal(stockArrivedSignal);
    await waitForCall(order.world, 'reserveInventory', 2);
    await order.handle.signal(stockArrivedSignal);
    held.open(short);
    await waitForFact(order, 'inventory.reserved');
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
  });

  test('a payment that is confirmed while the bank says that it is not', async () => {
    const held = gate<object>();
    const order = await desk.place({}, (world) => {
      world.script('authorizePayment', () => asksCustomer);
      world.script('confirmPayment', held.wait);
    });
    const tell = (eventId: string) =>
      order.handle.signal(paymentEventSignal, {
        eventId,
        paymentId: 'pi_1',
        outcome: 'authorized',
      });
    await waitForFact(order, 'payment.action_required');
    await tell('evt_1');
    await waitForCall(order.world, 'confirmPayment');
    await tell('evt_2');
    held.open(asksCustomer);
    await waitForFact(order, 'payment.authorized');
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
  });
});
