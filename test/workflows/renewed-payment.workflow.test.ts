import { describe, expect, test } from 'vitest';
import { money } from '../../src/domain/money.js';
import { cancelOrderUpdate } from '../../src/workflows/messages.js';
import {
  endOf,
  waitForCall,
  waitForState,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { deliver, firstIsPaid, waitForFact, ofParcel, splitOver } from '../support/parcels.js';
import { gate, type Script, type World } from '../support/world.js';

const desk = useOrderDesk();

const lost = { kind: 'authorization_lost' };
const declined = { kind: 'declined', code: 'generic_decline' };
const eur = (amountMinor: number) => money(amountMinor, 'EUR');

const authorized = (paymentId: string) => () => ({ kind: 'authorized', paymentId });

/** Nothing can be taken from the first authorization any more. */
const firstIsLost: Script = ({ paymentId }: { paymentId: string }) =>
  paymentId === 'pi_1' ? lost : undefined;

const requestsOf = ({ world }: PlacedOrder, call: string) =>
  world.asked.filter(({ name }) => name === call).map(({ request }) => request);

/** Two parcels; the second one's authorization runs out when the first one has been paid. */
function runsOutBetween(world: World): void {
  splitOver(world, 'wh_1', 'wh_2');
  world.script('authorizePayment', authorized('pi_1'), authorized('pi_2'));
  world.always('createShipment', ofParcel(1, firstIsPaid(world)));
  world.always('capturePayment', ofParcel(1, firstIsLost));
}

describe.concurrent('an order whose authorization was renewed', () => {
  test('gives each parcel’s money back where it was taken from', async () => {
    const order = await desk.place({}, runsOutBetween);
    await waitForFact(order, 'payment.captured', 2);
    await waitForState(order.handle, { stage: 'hand_over', paymentStatus: 'captured' });
    await order.handle.executeUpdate(cancelOrderUpdate, {
      args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
    });
    expect(await endOf(order)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
    const captures = requestsOf(order, 'capturePayment') as { idempotencyKey: string }[];
    expect(requestsOf(order, 'refundPayment')).toMatchObject([
      { paymentId: 'pi_2', amount: eur(890), captureKey: captures.at(-1)?.idempotencyKey },
      { paymentId: 'pi_1', amount: eur(890), captureKey: captures[0]?.idempotencyKey },
    ]);
  });

  test('takes the money of a parcel that comes meanwhile from the new one', async () => {
    const renewal = gate<object>();
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.script('authorizePayment', authorized('pi_1'), renewal.wait);
      world.always('capturePayment', firstIsLost);
      world.always(
        'createShipment',
        ofParcel(1, () => waitForCall(world, 'authorizePayment', 2)),
      );
    });
    await waitForFact(order, 'shipment.created', 2);
    renewal.open(authorized('pi_2')());
    await waitForFact(order, 'payment.captured', 2);
    await deliver(order, 0, 1);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', paymentStatus: 'captured' });
    const paymentIds = requestsOf(order, 'capturePayment') as { paymentId: string }[];
    expect(paymentIds.map(({ paymentId }) => paymentId)).toEqual(['pi_1', 'pi_2', 'pi_2']);
  });

  test('takes no money of a parcel that comes after the renewal was declined', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      world.script('authorizePayment', authorized('pi_1'), () => declined);
      world.always('capturePayment', () => lost);
      world.always(
        'createShipment',
        ofParcel(1, () => {
          if (!world.calls.includes('releaseParcel')) throw new Error('not yet');
        }),
      );
    });
    expect(await endOf(order)).toMatchObject({ status: 'rejected', fulfillmentStatus: 'none' });
    expect(requestsOf(order, 'capturePayment')).toMatchObject([{ paymentId: 'pi_1' }]);
    expect(requestsOf(order, 'authorizePayment')).toHaveLength(2);
  });
});
