import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import { type Fakes, gate, type Script } from '../support/fakes.js';
import { byParcel, inTwoParcels, ofParcel, firstIsPaid } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker } from '../support/order-worker.js';

const orders = useOrderWorker();

const lost = { kind: 'authorization_lost' };
const declined = { kind: 'declined', code: 'generic_decline' };
const eur = (amountMinor: number) => money(amountMinor, 'EUR');

const authorized = (paymentId: string) => () => ({ kind: 'authorized', paymentId });

/** Nothing can be taken from the first authorization any more. */
const firstIsLost: Script = ({ paymentId }: { paymentId: string }) =>
  paymentId === 'pi_1' ? lost : undefined;

const requestsOf = ({ fakes }: PlacedOrder, call: string) =>
  fakes.asked.filter(({ name }) => name === call).map(({ request }) => request);

/** Two parcels; the second one's authorization runs out when the first one has been paid. */
function runsOutBetween(fakes: Fakes): void {
  inTwoParcels(fakes);
  fakes.script('authorizePayment', authorized('pi_1'), authorized('pi_2'));
  fakes.always('createShipment', ofParcel(1, firstIsPaid(fakes)));
  fakes.always('capturePayment', ofParcel(1, firstIsLost));
}

describe.concurrent('an order whose authorization was renewed', () => {
  test('gives each parcel’s money back where it was taken from', async () => {
    const order = await orders.place({}, runsOutBetween);
    await order.waitForFact('payment.captured', 2);
    await order.waitForState({ stage: 'hand_over', paymentStatus: 'captured' });
    await order.cancel();
    expect(await order.end()).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    const captures = requestsOf(order, 'capturePayment') as { idempotencyKey: string }[];
    expect(requestsOf(order, 'refundPayment')).toMatchObject([
      { paymentId: 'pi_2', amount: eur(890), captureKey: captures.at(-1)?.idempotencyKey },
      { paymentId: 'pi_1', amount: eur(890), captureKey: captures[0]?.idempotencyKey },
    ]);
  });

  test('takes the money of a parcel that comes meanwhile from the new one', async () => {
    const renewal = gate<object>();
    const order = await orders.place({}, (fakes) => {
      inTwoParcels(fakes);
      fakes.script('authorizePayment', authorized('pi_1'), renewal.wait);
      fakes.always('capturePayment', firstIsLost);
      fakes.always(
        'createShipment',
        ofParcel(1, () => fakes.waitForCall('authorizePayment', 2)),
      );
    });
    await order.waitForFact('shipment.created', 2);
    renewal.open(authorized('pi_2')());
    await order.waitForFact('payment.captured', 2);
    await order.deliver(0, 1);
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    const paymentIds = requestsOf(order, 'capturePayment') as { paymentId: string }[];
    expect(paymentIds.map(({ paymentId }) => paymentId)).toEqual(['pi_1', 'pi_2', 'pi_2']);
  });

  test('releases what it holds of a parcel that was paid from the old one meanwhile', async () => {
    const order = await orders.place({}, (fakes) => {
      inTwoParcels(fakes);
      fakes.script('authorizePayment', authorized('pi_1'), authorized('pi_2'));
      fakes.always(
        'capturePayment',
        byParcel(() => fakes.waitForCall('authorizePayment', 2), firstIsLost),
      );
    });
    await order.waitForFact('payment.remainder_released');
    await order.deliver(0, 1);
    expect(await order.end()).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    expect(requestsOf(order, 'authorizePayment')).toMatchObject([
      { amount: eur(1780) },
      { amount: eur(1780) },
    ]);
    expect(requestsOf(order, 'releaseRemainder')).toMatchObject([{ paymentId: 'pi_2' }]);
    expect(order.recorded('payment.remainder_released')).toMatchObject([{ amount: eur(890) }]);
  });

  test('takes no money of a parcel that comes after the renewal was declined', async () => {
    const order = await orders.place({}, (fakes) => {
      inTwoParcels(fakes);
      fakes.script('authorizePayment', authorized('pi_1'), () => declined);
      fakes.always('capturePayment', () => lost);
      fakes.always(
        'createShipment',
        ofParcel(1, () => {
          if (!fakes.calls.includes('releaseParcel')) throw new Error('not yet');
        }),
      );
    });
    expect(await order.end()).toMatchObject({ status: 'rejected', fulfillmentStatus: 'none' });
    expect(requestsOf(order, 'capturePayment')).toMatchObject([{ paymentId: 'pi_1' }]);
    expect(requestsOf(order, 'authorizePayment')).toHaveLength(2);
  });
});
