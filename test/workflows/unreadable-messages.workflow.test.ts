import { describe, expect, test } from 'vitest';
import { endOf, useOrderDesk } from '../support/order-desk.js';
import { deliver, happens } from '../support/parcels.js';

const desk = useOrderDesk();

const signals = ['carrierEvent', 'paymentEvent', 'partnerAnswer'];
const updates = [
  'cancelOrder',
  'approveOrder',
  'decideShortage',
  'retryPayment',
  'changeAddress',
  'verifyCode',
  'resolveAttention',
];
const nonsense: readonly unknown[] = [undefined, null, 'x', { shipmentId: 7 }];

describe.concurrent('what nobody can read does not hold up an order', () => {
  test.each(signals)('as the signal %s', async (name) => {
    const order = await desk.place();
    for (const message of nonsense) await order.handle.signal(name, message);
    await order.handle.signal(name);
    await happens(order, 'payment.captured');
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
  });

  test.each(updates)('as the update %s, which is refused', async (name) => {
    const order = await desk.place();
    for (const message of nonsense) {
      await expect(order.handle.executeUpdate(name, { args: [message] })).rejects.toThrow();
    }
    await happens(order, 'payment.captured');
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered' });
  });

  test('a cancel by signal is one, whatever comes with it', async () => {
    const order = await desk.place();
    await happens(order, 'payment.captured');
    await order.handle.signal('cancel', null);
    expect(await endOf(order)).toMatchObject({ status: 'cancelled' });
  });
});
