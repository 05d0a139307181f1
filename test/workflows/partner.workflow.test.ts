import { describe, expect, test } from 'vitest';
import { partnerAnswerSignal, type PartnerAnswer } from '../../src/workflows/messages.js';
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
const closings = ({ fakes }: PlacedOrder): unknown[] =>
  fakes.requests('settleDeliveryOffer').map((request) => (request as unknown[]).slice(1).join(' '));

const rounds = ({ fakes }: PlacedOrder): unknown[] =>
  fakes.requests('assignDeliveryPartner').map((request) => (request as { round: number }).round);

interface PartnerFact {
  readonly type: string;
  readonly partnerId?: string;
  readonly why?: string;
}

const partnerFacts = ({ timeline }: PlacedOrder) =>
  (timeline as readonly PartnerFact[])
    .filter(({ type }) => type.startsWith('delivery_partner.'))
    .map((fact) => [fact.type.split('.')[1], fact.partnerId, fact.why].filter(Boolean).join(' '));

/** All that is known of the search for a partner. */
const searchOf = (order: PlacedOrder) => ({
  closings: closings(order),
  rounds: rounds(order),
  facts: partnerFacts(order),
});

describe.concurrent('an order that needs a delivery partner', () => {
  const impatient = hurried({ offer: { acceptMs: 100 } });

  test('has one as soon as he accepts, and asks nobody else', async () => {
    const order = await orders.place({}, asks(1, 2));
    await isOffered(order);
    await says(order, 1, 'accept');
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
    expect(searchOf(order)).toEqual({
      closings: ['off_1 accept'],
      rounds: [0],
      facts: ['offered dp_1', 'assigned dp_1'],
    });
  });

  test('asks the next one when one declines', async () => {
    const order = await orders.place({}, asks(1, 2));
    await isOffered(order);
    await says(order, 1, 'decline');
    await isOffered(order, 2);
    await says(order, 2, 'accept');
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
    expect(searchOf(order)).toEqual({
      closings: ['off_1 decline', 'off_2 accept'],
      rounds: [0, 1],
      facts: ['offered dp_1', 'declined dp_1 declined', 'offered dp_2', 'assigned dp_2'],
    });
  });

  test('asks the next one when one stays silent, and leaves it to the carrier after the last', async () => {
    const order = await orders.place(impatient, asks(1, 2));
    await order.waitForFact('delivery_partner.unavailable');
    await order.isDelivered();
    expect(searchOf(order)).toEqual({
      closings: ['off_1 silent', 'off_2 silent'],
      rounds: [0, 1, 2],
      facts: [
        'offered dp_1',
        'declined dp_1 silent',
        'offered dp_2',
        'declined dp_2 silent',
        'unavailable',
      ],
    });
  });

  test('goes with the carrier alone when nobody serves the place', async () => {
    const order = await orders.place({}, asks());
    await order.isDelivered();
    expect(searchOf(order)).toEqual({ closings: [], rounds: [0], facts: ['unavailable'] });
  });

  test('keeps a partner who accepted a moment before his offer was withdrawn', async () => {
    const order = await orders.place(impatient, (fakes) => {
      asks(1, 2)(fakes);
      fakes.script('settleDeliveryOffer', () => assigned(1));
    });
    await order.waitForFact('delivery_partner.assigned');
    await order.isDelivered();
    expect(searchOf(order)).toMatchObject({ closings: ['off_1 silent'], rounds: [0] });
  });

  test('takes an answer that comes before the offer is known, and only the first one', async () => {
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
    expect(closings(order)).toEqual(['off_1 accept']);
  });

  test('takes no answer to another offer for its own', async () => {
    const order = await orders.place({}, asks(1));
    await isOffered(order);
    await order.waitForHandOver();
    await says(order, 7, 'accept');
    await quietHistory(order.handle);
    expect(closings(order)).toEqual([]);
    await says(order, 1, 'accept');
    await order.isDelivered();
    expect(closings(order)).toEqual(['off_1 accept']);
  });
});

describe.concurrent('a cancel lets go of the delivery partner', () => {
  async function isCancelled(order: PlacedOrder): Promise<void> {
    await order.endsAs('cancelled');
    expect(order.fakes.times('releaseDeliveryPartner')).toBe(1);
    expect(partnerFacts(order).at(-1)).toMatch(/^released/);
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
    expect(closings(order)).toEqual([]);
    expect(rounds(order)).toEqual([0]);
  });

  test('who accepts in the same moment, after his answer is written', async () => {
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
