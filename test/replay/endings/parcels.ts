import { defaultPolicy } from '../../../src/domain/policy.js';
import { partnerAnswerSignal, type OrderInput } from '../../../src/workflows/messages.js';
import { waitForState } from '../../support/order-desk.js';
import { noSecondChances, report, type OrderHandle } from '../../support/order-worker.js';
import { fails, type World } from '../../support/world.js';
import {
  decide,
  deliver,
  hurried,
  twoWarehouses,
  waitForFact,
  type Ending,
  type Endings,
} from './ending.js';

const handOverBoth = async (handle: OrderHandle) => {
  await waitForFact(handle, 'payment.captured', 2);
  await report(handle, 'handed_over', 0);
  await report(handle, 'handed_over', 1);
};

const lose = async (handle: OrderHandle) => {
  await waitForState(handle, { stage: 'hand_over' });
  await report(handle, 'handed_over');
  await waitForState(handle, { stage: 'delivery' });
  await report(handle, 'lost');
};

const policy = (changes: Partial<OrderInput['policy']>) => ({
  policy: { ...defaultPolicy, ...changes },
});

/** The second label is refused, in whatever order the two are asked for. */
const secondIsRefused = (world: World) => {
  twoWarehouses(world);
  world.script('createShipment', () => undefined, refused);
};
const refused = () => ({ kind: 'refused', reason: 'no_service' });

const stuck = (choice: 'mark_done' | 'waive'): Ending => ({
  input: { serviceLevel: { ...noSecondChances, undoMs: 300 } },
  world: (world) => {
    world.always('createShipment', refused);
    world.always('voidAuthorization', fails(new Error('away')));
  },
  act: (handle) => decide(handle, choice),
});

const inTrouble =
  (milestone: 'exception' | 'returned_to_sender') => async (handle: OrderHandle) => {
    await waitForState(handle, { stage: 'hand_over' });
    await report(handle, 'handed_over');
    await waitForState(handle, { stage: 'delivery' });
    await report(handle, milestone);
  };

/** What may become of parcels, of undos that do not work, and of a partner who is asked. */
export const parcels: Endings = {
  'delivered-in-two-parcels': {
    world: twoWarehouses,
    act: async (handle) => {
      await handOverBoth(handle);
      await waitForFact(handle, 'shipment.handed_over', 2);
      await report(handle, 'delivered', 0);
      await waitForFact(handle, 'shipment.delivered');
      await report(handle, 'delivered', 1);
    },
  },
  'delivered-with-one-parcel-given-up': {
    input: { serviceLevel: noSecondChances },
    world: secondIsRefused,
    act: async (handle) => {
      await waitForFact(handle, 'shipment.abandoned');
      await report(handle, 'handed_over', 0);
      await report(handle, 'handed_over', 1);
      await waitForState(handle, { stage: 'delivery' });
      await report(handle, 'delivered', 0);
      await report(handle, 'delivered', 1);
    },
  },
  'rejected-with-both-parcels': {
    input: { serviceLevel: noSecondChances, ...policy({ shipmentFailure: 'undo_order' }) },
    world: secondIsRefused,
  },
  'failed-because-the-parcel-was-lost': { act: lose },
  'delivered-by-a-second-parcel': {
    input: policy({ lostParcel: 'reship' }),
    act: async (handle) => {
      await lose(handle);
      await waitForFact(handle, 'shipment.replaced');
      await report(handle, 'handed_over', 1);
      await waitForFact(handle, 'shipment.handed_over', 2);
      await report(handle, 'delivered', 1);
    },
  },
  'failed-because-the-parcel-fell-silent': {
    input: hurried({ delivery: { warnMs: 150, escalateMs: 300, giveUpMs: 450 } }),
    act: async (handle) => {
      await waitForState(handle, { stage: 'hand_over' });
      await report(handle, 'handed_over');
    },
  },
  'failed-because-the-parcel-came-back': {
    act: async (handle) => {
      await inTrouble('returned_to_sender')(handle);
      await decide(handle, 'restock_and_refund');
    },
  },
  'delivered-after-an-exception': {
    act: async (handle) => {
      await inTrouble('exception')(handle);
      await waitForFact(handle, 'attention.raised');
      await report(handle, 'delivered');
    },
  },
  'rejected-with-an-undo-done-by-hand': stuck('mark_done'),
  'rejected-with-an-undo-waived': stuck('waive'),
  'delivered-by-the-second-partner': {
    world: (world) => {
      const until = new Date(Date.now() + 60_000).toISOString();
      const offered = { kind: 'offered', partnerId: 'dp_1', offerId: 'off_1', until };
      world.script('assignDeliveryPartner', () => offered);
    },
    act: async (handle) => {
      await waitForFact(handle, 'delivery_partner.offered');
      await handle.signal(partnerAnswerSignal, { offerId: 'off_1', answer: 'decline' });
      await deliver(handle);
    },
  },
};
