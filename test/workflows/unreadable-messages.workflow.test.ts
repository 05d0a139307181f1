import { describe, expect, test } from 'vitest';
import { shipmentIdOf } from '../../src/domain/ids.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

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
    const order = await orders.place();
    for (const message of nonsense) await order.handle.signal(name, message);
    await order.handle.signal(name);
    await order.waitForFact('payment.captured');
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
  });

  test.each(updates)('as the update %s, which is refused', async (name) => {
    const order = await orders.place();
    for (const message of nonsense) {
      await expect(order.handle.executeUpdate(name, { args: [message] })).rejects.toThrow();
    }
    await order.waitForFact('payment.captured');
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
  });

  test('a milestone that no carrier knows is no hand-over, and ends no cancelling', async () => {
    const order = await orders.place();
    await order.waitForFact('payment.captured');
    const shipmentId = shipmentIdOf(order.id);
    const event = { eventId: 'evt_1', shipmentId, milestone: 'teleported' };
    await order.handle.signal('carrierEvent', event);
    await order.handle.signal('cancel', null);
    expect(await order.end()).toMatchObject({ status: 'cancelled' });
    expect(order.facts).not.toContain('shipment.handed_over');
  });

  test('an answer that no partner can give is none, and the next one counts', async () => {
    const order = await orders.place({}, (fakes) => {
      const offered = { kind: 'offered', partnerId: 'dp_2', offerId: 'off_1', until: 'soon' };
      fakes.script('assignDeliveryPartner', () => offered);
      fakes.script('settleDeliveryOffer', () => ({ kind: 'assigned', partnerId: 'dp_2' }));
    });
    await order.waitForFact('delivery_partner.offered');
    await order.handle.signal('partnerAnswer', { offerId: 'off_1', answer: 'perhaps' });
    await order.handle.signal('partnerAnswer', { offerId: 'off_1', answer: 'accept' });
    await order.waitForFact('delivery_partner.assigned');
    const closing = order.fakes.asked.find(({ name }) => name === 'settleDeliveryOffer');
    expect(JSON.stringify(closing?.request)).toContain('accept');
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered' });
  });
});
