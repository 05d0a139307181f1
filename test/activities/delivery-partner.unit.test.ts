import { expect, test } from 'vitest';
import { deliveryPartnerActivities } from '../../src/activities/delivery-partner.js';
import type {
  DeliveryPartners,
  Entry,
  OrderBook,
  PartnerOffer,
  PartnerSettlement,
} from '../../src/activities/ports.js';
import { placed } from '../../src/domain/order-state.js';

const step = { orderId: 'ord_01kaj5zhb8fzv8pj542gvfbewm', revision: 4, before: placed } as const;
const slot = { pickUpFrom: '2026-11-02T14:00:00.000Z', pickUpUntil: '2026-11-02T17:00:00.000Z' };
const assigned = { kind: 'assigned', partnerId: 'dp_city', ...slot } as const;
const open = {
  kind: 'offered',
  partnerId: 'dp_harbor',
  offerId: 'off_1',
  until: '2026-11-02T10:15:00.000Z',
} as const;

/** The activities over partners with these answers; what they asked and wrote. */
function world(answers: { offer?: PartnerOffer; settlement?: PartnerSettlement }) {
  const asked: Parameters<DeliveryPartners['offer']>[0][] = [];
  const entries: Entry[] = [];
  const activities = deliveryPartnerActivities({
    partners: {
      offer: (request) => {
        asked.push(request);
        return Promise.resolve(answers.offer ?? { kind: 'none' });
      },
      settle: () => Promise.resolve(answers.settlement ?? assigned),
      release: () => Promise.resolve({ kind: 'undone' }),
    },
    orders: {
      find: () => Promise.resolve({ shippingAddress: { country: 'DE', postalCode: '20457' } }),
    } as unknown as OrderBook,
    journal: {
      append: (entry) => {
        entries.push(entry);
        return Promise.resolve({ facts: [], rowRevision: entry.change?.revision ?? 0 });
      },
      find: () => Promise.resolve([]),
    },
  });
  return { activities, asked, entries };
}

test.each([
  [assigned, { type: 'delivery_partner.assigned', partnerId: 'dp_city', ...slot }],
  [
    open,
    {
      type: 'delivery_partner.offered',
      partnerId: 'dp_harbor',
      offerId: 'off_1',
      until: '2026-11-02T10:15:00.000Z',
    },
  ],
  [{ kind: 'none' } as const, { type: 'delivery_partner.unavailable' }],
])('tells that an offer is $kind', async (offer, fact) => {
  const { activities, entries } = world({ offer });
  const told = await activities.assignDeliveryPartner({ ...step, round: 0, acceptMs: 60_000 });
  expect(told.outcome).toEqual(offer);
  expect(entries).toEqual([{ orderId: step.orderId, key: 'assignDeliveryPartner', facts: [fact] }]);
});

test('writes each round under a key of its own', async () => {
  const { activities, asked, entries } = world({ offer: open });
  await activities.assignDeliveryPartner({ ...step, round: 2, acceptMs: 60_000 });
  expect(asked).toEqual([
    { orderId: step.orderId, country: 'DE', postalCode: '20457', round: 2, acceptMs: 60_000 },
  ]);
  expect(entries.map(({ key }) => key)).toEqual(['assignDeliveryPartner:2']);
});

test('names the entry of the first round without a number', async () => {
  const { activities, entries } = world({ offer: assigned });
  await activities.assignDeliveryPartner({ ...step, round: 0, acceptMs: 60_000 });
  expect(entries.map(({ key }) => key)).toEqual(['assignDeliveryPartner']);
});

test.each<[PartnerSettlement, readonly object[]]>([
  [assigned, [{ type: 'delivery_partner.assigned', partnerId: 'dp_city', ...slot }]],
  [
    { kind: 'none', partnerId: 'dp_harbor', why: 'declined' },
    [
      {
        type: 'delivery_partner.declined',
        partnerId: 'dp_harbor',
        offerId: 'off_1',
        why: 'declined',
      },
    ],
  ],
  [{ kind: 'none', partnerId: 'dp_harbor', why: 'released' }, []],
])('tells how an offer ended: %o', async (settlement, facts) => {
  const { activities, entries } = world({ settlement });
  await activities.settleDeliveryOffer({ ...step, offerId: 'off_1', answer: 'silent' });
  expect(entries).toEqual([{ orderId: step.orderId, key: 'settleDeliveryOffer:off_1', facts }]);
});
