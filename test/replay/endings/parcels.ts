import { partnerAnswerSignal } from '../../../src/workflows/messages.js';
import {
  arrive,
  decide,
  deliver,
  handOver,
  oneByOne,
  type Ending,
  type Endings,
} from './ending.js';
import { type Fakes, fails } from '../../support/fakes.js';
import { inTwoParcels, refusesLabel } from '../../support/scripts.js';
import type { PlacedOrder } from '../../support/placed-order.js';
import { noSecondChances, hurried, withPolicy } from '../../support/order-worker.js';

const handOverBoth = async (order: PlacedOrder) => {
  await order.waitForFact('payment.captured', 2);
  await order.report('handed_over', 0);
  await order.report('handed_over', 1);
};

const lose = oneByOne(handOver, arrive('lost'));

/** The second label is refused, in whatever order the two are asked for. */
const secondIsRefused = (fakes: Fakes) => {
  inTwoParcels(fakes);
  fakes.script('createShipment', () => undefined, refusesLabel);
};

const stuck = (choice: 'mark_done' | 'waive'): Ending => ({
  input: { serviceLevel: { ...noSecondChances, undoMs: 300 } },
  prepare: (fakes) => {
    fakes.always('createShipment', refusesLabel);
    fakes.always('voidAuthorization', fails(new Error('away')));
  },
  act: (order) => decide(order, choice),
});

/** What may become of parcels, of undos that do not work, and of a partner who is asked. */
export const parcels: Endings = {
  'delivered-in-two-parcels': {
    prepare: inTwoParcels,
    act: async (order) => {
      await handOverBoth(order);
      await order.waitForFact('shipment.handed_over', 2);
      await order.report('delivered', 0);
      await order.waitForFact('shipment.delivered');
      await order.report('delivered', 1);
    },
  },
  'delivered-with-one-parcel-given-up': {
    input: { serviceLevel: noSecondChances },
    prepare: secondIsRefused,
    act: async (order) => {
      await order.waitForFact('shipment.abandoned');
      await order.report('handed_over', 0);
      await order.report('handed_over', 1);
      await order.waitForState({ stage: 'delivery' });
      await order.report('delivered', 0);
      await order.report('delivered', 1);
    },
  },
  'rejected-with-both-parcels': {
    input: { serviceLevel: noSecondChances, ...withPolicy({ shipmentFailure: 'undo_order' }) },
    prepare: secondIsRefused,
  },
  'failed-because-the-parcel-was-lost': { act: lose },
  'delivered-by-a-second-parcel': {
    input: withPolicy({ lostParcel: 'reship' }),
    act: async (order) => {
      await lose(order);
      await order.waitForFact('shipment.replaced');
      await order.report('handed_over', 1);
      await order.waitForFact('shipment.handed_over', 2);
      await order.report('delivered', 1);
    },
  },
  'failed-because-the-parcel-fell-silent': {
    input: hurried({ delivery: { warnMs: 150, escalateMs: 300, giveUpMs: 450 } }),
    act: handOver,
  },
  'failed-because-the-parcel-came-back': {
    act: oneByOne(handOver, arrive('returned_to_sender'), (order) =>
      decide(order, 'restock_and_refund'),
    ),
  },
  'delivered-after-an-exception': {
    act: oneByOne(
      handOver,
      arrive('exception'),
      (order) => order.waitForFact('attention.raised'),
      (order) => order.report('delivered'),
    ),
  },
  'rejected-with-an-undo-done-by-hand': stuck('mark_done'),
  'rejected-with-an-undo-waived': stuck('waive'),
  'delivered-by-the-second-partner': {
    prepare: (fakes) => {
      const until = new Date(Date.now() + 60_000).toISOString();
      const offered = { kind: 'offered', partnerId: 'dp_1', offerId: 'off_1', until };
      fakes.script('assignDeliveryPartner', () => offered);
    },
    act: async (order) => {
      await order.waitForFact('delivery_partner.offered');
      await order.handle.signal(partnerAnswerSignal, { offerId: 'off_1', answer: 'decline' });
      await deliver(order);
    },
  },
};
