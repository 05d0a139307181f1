import { describe, expect, test } from 'vitest';
import { cancelOrderUpdate, partnerAnswerSignal } from '../../src/workflows/messages.js';
import type { PartnerAnswer } from '../../src/workflows/messages.js';
import { hurried } from '../replay/endings/ending.js';
import {
  waitForCall,
  waitForState,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { isDelivered, requestsOf } from '../support/order-story.js';
import { waitForFact } from '../support/parcels.js';
import { holdUp } from '../support/saga-steps.js';
import { quietHistory } from '../support/stages.js';
import { gate, type World } from '../support/world.js';

const desk = useOrderDesk();

const offered = (number: number) => ({
  kind: 'offered',
  partnerId: `dp_${number}`,
  offerId: `off_${number}`,
  until: new Date(Date.now() + 60_000).toISOString(),
});
const assigned = (number: number) => ({
  kind: 'assigned',
  partnerId: `dp_${number}`,
  pickUpFrom: '2026-01-05T09:00:00.000Z',
  pickUpUntil: '2026-01-05T12:00:00.000Z',
});

/** Partners who have to be waited for, asked in their order; after the last one there is none. */
const asks =
  (...numbers: readonly number[]) =>
  (world: World): void => {
    world.always('assignDeliveryPartner', () => ({ kind: 'none' }));
    world.script('assignDeliveryPartner', ...numbers.map((number) => () => offered(number)));
    world.always('settleDeliveryOffer', settlement);
  };

function settlement([, offerId, answer]: readonly [string, string, string]): object {
  const number = Number(offerId.replace('off_', ''));
  if (answer === 'accept') return assigned(number);
  const why = answer === 'decline' ? 'declined' : 'silent';
  return { kind: 'none', partnerId: `dp_${number}`, why };
}

const says = ({ handle }: PlacedOrder, number: number, answer: PartnerAnswer['answer']) =>
  handle.signal(partnerAnswerSignal, { offerId: `off_${number}`, answer });

const isOffered = (order: PlacedOrder, times = 1) =>
  waitForFact(order, 'delivery_partner.offered', times);

/** How each offer was closed. */
const settled = ({ world }: PlacedOrder): unknown[] =>
  requestsOf(world, 'settleDeliveryOffer').map((request) => (request as unknown[]).slice(1));

const rounds = ({ world }: PlacedOrder): unknown[] =>
  requestsOf(world, 'assignDeliveryPartner').map(
    (request) => (request as { readonly round: number }).round,
  );

const partnerFacts = ({ handle, world }: PlacedOrder) =>
  (world.timelines.get(handle.workflowId) ?? []).filter(({ type }) =>
    type.startsWith('delivery_partner.'),
  );

describe.concurrent('an order that needs a delivery partner', () => {
  test('has one as soon as he accepts, and asks nobody else', async () => {
    const order = await desk.place({}, asks(1, 2));
    await isOffered(order);
    await says(order, 1, 'accept');
    await waitForFact(order, 'delivery_partner.assigned');
    await isDelivered(order);
    expect(settled(order)).toEqual([['off_1', 'accept']]);
    expect(rounds(order)).toEqual([0]);
    expect(partnerFacts(order)).toMatchObject([
      { type: 'delivery_partner.offered', partnerId: 'dp_1', offerId: 'off_1' },
      { type: 'delivery_partner.assigned', partnerId: 'dp_1' },
    ]);
  });

  test('asks the next one when one declines', async () => {
    const order = await desk.place({}, asks(1, 2));
    await isOffered(order);
    await says(order, 1, 'decline');
    await isOffered(order, 2);
    await says(order, 2, 'accept');
    await waitForFact(order, 'delivery_partner.assigned');
    await isDelivered(order);
    expect(settled(order)).toEqual([
      ['off_1', 'decline'],
      ['off_2', 'accept'],
    ]);
    expect(rounds(order)).toEqual([0, 1]);
    expect(partnerFacts(order)).toMatchObject([
      { type: 'delivery_partner.offered', partnerId: 'dp_1' },
      { type: 'delivery_partner.declined', partnerId: 'dp_1', why: 'declined' },
      { type: 'delivery_partner.offered', partnerId: 'dp_2' },
      { type: 'delivery_partner.assigned', partnerId: 'dp_2' },
    ]);
  });

  test('asks the next one when one stays silent, and leaves it to the carrier after the last', async () => {
    const order = await desk.place(hurried({ offer: { acceptMs: 100 } }), asks(1, 2));
    await waitForFact(order, 'delivery_partner.unavailable');
    await isDelivered(order);
    expect(settled(order)).toEqual([
      ['off_1', 'silent'],
      ['off_2', 'silent'],
    ]);
    expect(rounds(order)).toEqual([0, 1, 2]);
    expect(partnerFacts(order)).toMatchObject([
      { type: 'delivery_partner.offered', partnerId: 'dp_1' },
      { type: 'delivery_partner.declined', partnerId: 'dp_1', why: 'silent' },
      { type: 'delivery_partner.offered', partnerId: 'dp_2' },
      { type: 'delivery_partner.declined', partnerId: 'dp_2', why: 'silent' },
      { type: 'delivery_partner.unavailable' },
    ]);
  });

  test('goes with the carrier alone when nobody serves the place', async () => {
    const order = await desk.place({}, asks());
    await isDelivered(order);
    expect(rounds(order)).toEqual([0]);
    expect(settled(order)).toEqual([]);
    expect(partnerFacts(order)).toMatchObject([{ type: 'delivery_partner.unavailable' }]);
  });

  test('keeps a partner who accepted a moment before his offer was withdrawn', async () => {
    const order = await desk.place(hurried({ offer: { acceptMs: 100 } }), (world) => {
      asks(1, 2)(world);
      world.script('settleDeliveryOffer', () => assigned(1));
    });
    await waitForFact(order, 'delivery_partner.assigned');
    await isDelivered(order);
    expect(settled(order)).toEqual([['off_1', 'silent']]);
    expect(rounds(order)).toEqual([0]);
  });

  test('hears an answer that comes before the offer is known, and only the first one', async () => {
    const held = gate<object>();
    const order = await desk.place({}, (world) => {
      world.always('settleDeliveryOffer', settlement);
      holdUp('assignDeliveryPartner', held)(world);
    });
    await waitForCall(order.world, 'assignDeliveryPartner');
    await says(order, 1, 'accept');
    await says(order, 1, 'decline');
    held.open(offered(1));
    await waitForFact(order, 'delivery_partner.assigned');
    await isDelivered(order);
    expect(settled(order)).toEqual([['off_1', 'accept']]);
  });

  test('takes no answer to another offer for its own', async () => {
    const order = await desk.place({}, asks(1));
    await isOffered(order);
    await waitForState(order.handle, { stage: 'hand_over' });
    await says(order, 7, 'accept');
    await quietHistory(order.handle);
    expect(settled(order)).toEqual([]);
    await says(order, 1, 'accept');
    await isDelivered(order);
    expect(settled(order)).toEqual([['off_1', 'accept']]);
  });

  test('is paid and labelled while a partner still thinks', async () => {
    const order = await desk.place({}, asks(1));
    await isOffered(order);
    await waitForState(order.handle, { stage: 'hand_over', paymentStatus: 'captured' });
    expect(settled(order)).toEqual([]);
    await says(order, 1, 'accept');
    await isDelivered(order);
  });
});

describe.concurrent('a cancel lets go of the delivery partner', () => {
  const cancel = { requestedBy: 'buyer', reason: 'changed my mind' };
  const startCancel = ({ handle }: PlacedOrder) =>
    handle.startUpdate(cancelOrderUpdate, { args: [cancel], waitForStage: 'ACCEPTED' });

  async function isCancelled(order: PlacedOrder): Promise<void> {
    expect(await order.handle.result()).toMatchObject({ status: 'cancelled' });
    const releases = order.world.calls.filter((name) => name === 'releaseDeliveryPartner');
    expect(releases).toHaveLength(1);
    expect(partnerFacts(order).at(-1)).toMatchObject({ type: 'delivery_partner.released' });
  }

  test('who has accepted', async () => {
    const order = await desk.place({}, asks(1));
    await isOffered(order);
    await says(order, 1, 'accept');
    await waitForFact(order, 'delivery_partner.assigned');
    await waitForState(order.handle, { stage: 'hand_over' });
    await startCancel(order);
    await isCancelled(order);
  });

  test('who still thinks about an offer, and asks no other one', async () => {
    const order = await desk.place({}, asks(1, 2));
    await isOffered(order);
    await waitForState(order.handle, { stage: 'hand_over' });
    await startCancel(order);
    await isCancelled(order);
    expect(settled(order)).toEqual([]);
    expect(rounds(order)).toEqual([0]);
  });

  test('who accepts in the same moment, after his answer is settled', async () => {
    const held = gate<object>();
    const order = await desk.place({}, (world) => {
      asks(1, 2)(world);
      holdUp('settleDeliveryOffer', held)(world);
    });
    await waitForState(order.handle, { stage: 'hand_over' });
    await says(order, 1, 'accept');
    await waitForCall(order.world, 'settleDeliveryOffer');
    await startCancel(order);
    expect(order.world.calls).not.toContain('releaseDeliveryPartner');
    held.open(assigned(1));
    await isCancelled(order);
    expect(rounds(order)).toEqual([0]);
    expect(order.world.calls.lastIndexOf('settleDeliveryOffer')).toBeLessThan(
      order.world.calls.indexOf('releaseDeliveryPartner'),
    );
  });
});
