import { describe, expect, test } from 'vitest';
import { partnerAnswerSignal } from '../../src/workflows/messages.js';
import type { PartnerAnswer } from '../../src/workflows/messages.js';
import { quietHistory } from '../support/stages.js';
import { type Fakes, gate } from '../support/fakes.js';
import { holdUp } from '../support/scripts.js';
import type { PlacedOrder } from '../support/placed-order.js';
import { useOrderWorker, hurried } from '../support/order-worker.js';

const orders = useOrderWorker();

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
  (fakes: Fakes): void => {
    fakes.always('assignDeliveryPartner', () => ({ kind: 'none' }));
    fakes.script('assignDeliveryPartner', ...numbers.map((number) => () => offered(number)));
    fakes.always('settleDeliveryOffer', settlement);
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
  order.waitForFact('delivery_partner.offered', times);

/** How each offer was closed. */
const settled = ({ fakes }: PlacedOrder): unknown[] =>
  fakes.requests('settleDeliveryOffer').map((request) => (request as unknown[]).slice(1));

const rounds = ({ fakes }: PlacedOrder): unknown[] =>
  fakes
    .requests('assignDeliveryPartner')
    .map((request) => (request as { readonly round: number }).round);

const partnerFacts = ({ handle, fakes }: PlacedOrder) =>
  (fakes.timelines.get(handle.workflowId) ?? []).filter(({ type }) =>
    type.startsWith('delivery_partner.'),
  );

describe.concurrent('an order that needs a delivery partner', () => {
  test('has one as soon as he accepts, and asks nobody else', async () => {
    const order = await orders.place({}, asks(1, 2));
    await isOffered(order);
    await says(order, 1, 'accept');
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
    expect(settled(order)).toEqual([['off_1', 'accept']]);
    expect(rounds(order)).toEqual([0]);
    expect(partnerFacts(order)).toMatchObject([
      { type: 'delivery_partner.offered', partnerId: 'dp_1', offerId: 'off_1' },
      { type: 'delivery_partner.assigned', partnerId: 'dp_1' },
    ]);
  });

  test('asks the next one when one declines', async () => {
    const order = await orders.place({}, asks(1, 2));
    await isOffered(order);
    await says(order, 1, 'decline');
    await isOffered(order, 2);
    await says(order, 2, 'accept');
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
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
    const order = await orders.place(hurried({ offer: { acceptMs: 100 } }), asks(1, 2));
    await order.waitForFact('delivery_partner.unavailable');
    await order.isDelivered();
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
    const order = await orders.place({}, asks());
    await order.isDelivered();
    expect(rounds(order)).toEqual([0]);
    expect(settled(order)).toEqual([]);
    expect(partnerFacts(order)).toMatchObject([{ type: 'delivery_partner.unavailable' }]);
  });

  test('keeps a partner who accepted a moment before his offer was withdrawn', async () => {
    const order = await orders.place(hurried({ offer: { acceptMs: 100 } }), (fakes) => {
      asks(1, 2)(fakes);
      fakes.script('settleDeliveryOffer', () => assigned(1));
    });
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
    expect(settled(order)).toEqual([['off_1', 'silent']]);
    expect(rounds(order)).toEqual([0]);
  });

  test('hears an answer that comes before the offer is known, and only the first one', async () => {
    const held = gate<object>();
    const order = await orders.place({}, (fakes) => {
      fakes.always('settleDeliveryOffer', settlement);
      holdUp('assignDeliveryPartner', held)(fakes);
    });
    await order.fakes.waitForCall('assignDeliveryPartner');
    await says(order, 1, 'accept');
    await says(order, 1, 'decline');
    held.open(offered(1));
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
    expect(settled(order)).toEqual([['off_1', 'accept']]);
  });

  test('takes no answer to another offer for its own', async () => {
    const order = await orders.place({}, asks(1));
    await isOffered(order);
    await order.waitForHandOver();
    await says(order, 7, 'accept');
    await quietHistory(order.handle);
    expect(settled(order)).toEqual([]);
    await says(order, 1, 'accept');
    await order.isDelivered();
    expect(settled(order)).toEqual([['off_1', 'accept']]);
  });

  test('is paid and labelled while a partner still thinks', async () => {
    const order = await orders.place({}, asks(1));
    await isOffered(order);
    await order.waitForState({ stage: 'hand_over', paymentStatus: 'captured' });
    expect(settled(order)).toEqual([]);
    await says(order, 1, 'accept');
    await order.isDelivered();
  });
});

describe.concurrent('a cancel lets go of the delivery partner', () => {
  async function isCancelled(order: PlacedOrder): Promise<void> {
    expect(await order.handle.result()).toMatchObject({ status: 'cancelled' });
    const releases = order.fakes.requests('releaseDeliveryPartner');
    expect(releases).toHaveLength(1);
    expect(partnerFacts(order).at(-1)).toMatchObject({ type: 'delivery_partner.released' });
  }

  test('who has accepted', async () => {
    const order = await orders.place({}, asks(1));
    await isOffered(order);
    await says(order, 1, 'accept');
    await order.waitForFact('delivery_partner.assigned');
    await order.waitForHandOver();
    await order.startCancel();
    await isCancelled(order);
  });

  test('who still thinks about an offer, and asks no other one', async () => {
    const order = await orders.place({}, asks(1, 2));
    await isOffered(order);
    await order.waitForHandOver();
    await order.startCancel();
    await isCancelled(order);
    expect(settled(order)).toEqual([]);
    expect(rounds(order)).toEqual([0]);
  });

  test('who accepts in the same moment, after his answer is settled', async () => {
    const held = gate<object>();
    const order = await orders.place({}, (fakes) => {
      asks(1, 2)(fakes);
      holdUp('settleDeliveryOffer', held)(fakes);
    });
    await order.waitForHandOver();
    await says(order, 1, 'accept');
    await order.fakes.waitForCall('settleDeliveryOffer');
    await order.startCancel();
    expect(order.fakes.calls).not.toContain('releaseDeliveryPartner');
    held.open(assigned(1));
    await isCancelled(order);
    expect(rounds(order)).toEqual([0]);
    expect(order.fakes.calls.lastIndexOf('settleDeliveryOffer')).toBeLessThan(
      order.fakes.calls.indexOf('releaseDeliveryPartner'),
    );
  });
});
