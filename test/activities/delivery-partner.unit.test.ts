import { expect, test } from 'vitest';
import { deliveryPartnerActivities } from '../../src/activities/delivery-partner.js';
import type { ClosedOffer, PartnerOffer } from '../../src/activities/ports.js';
import { placed } from '../../src/domain/order-state.js';
import { Fakes } from '../support/fakes.js';

const step = { orderId: 'ord_01kaj5zhb8fzv8pj542gvfbewm', revision: 4, before: placed } as const;
const slot = { pickUpFrom: '2026-11-02T14:00:00.000Z', pickUpUntil: '2026-11-02T17:00:00.000Z' };
const assigned = { kind: 'assigned', partnerId: 'dp_city', ...slot } as const;
const assignedFact = { type: 'delivery_partner.assigned', partnerId: 'dp_city', ...slot };
const offer = { partnerId: 'dp_harbor', offerId: 'off_1', until: '2026-11-02T10:15:00.000Z' };

test.each<[number, PartnerOffer, string, object]>([
  [0, assigned, 'assignDeliveryPartner', assignedFact],
  [
    0,
    { kind: 'offered', ...offer },
    'assignDeliveryPartner',
    { type: 'delivery_partner.offered', ...offer },
  ],
  [2, { kind: 'none' }, 'assignDeliveryPartner:2', { type: 'delivery_partner.unavailable' }],
])('in round %i the offer %o is recorded as %s', async (round, answer, key, fact) => {
  const fakes = new Fakes();
  fakes.script('assignDeliveryPartner', () => answer);
  const { assignDeliveryPartner } = deliveryPartnerActivities(fakes.ports);
  const { outcome } = await assignDeliveryPartner({ ...step, round, acceptMs: 60_000 });
  expect(outcome).toEqual(answer);
  expect(fakes.requests('assignDeliveryPartner')).toEqual([
    { orderId: step.orderId, country: 'DE', postalCode: '10115', round, acceptMs: 60_000 },
  ]);
  expect(fakes.entries).toEqual([{ orderId: step.orderId, key, facts: [fact] }]);
});

const declined = { partnerId: 'dp_harbor', why: 'declined' } as const;

test.each<[ClosedOffer, readonly object[]]>([
  [assigned, [assignedFact]],
  [
    { kind: 'none', ...declined },
    [{ type: 'delivery_partner.declined', offerId: 'off_1', ...declined }],
  ],
  [{ kind: 'none', partnerId: 'dp_harbor', why: 'released' }, []],
])(
  'an offer that ended with %o is recorded, unless the release records it',
  async (closed, facts) => {
    const fakes = new Fakes();
    fakes.script('settleDeliveryOffer', () => closed);
    const { settleDeliveryOffer } = deliveryPartnerActivities(fakes.ports);
    await settleDeliveryOffer({ ...step, offerId: 'off_1', answer: 'silent' });
    const key = 'settleDeliveryOffer:off_1';
    expect(fakes.entries).toEqual([{ orderId: step.orderId, key, facts }]);
  },
);
