import { between, oneOf, randomOf, type Random } from '../../harness/random.js';
import type { Line, OrderPlan } from './plans.js';

/** In one warehouse; what lies in the other one makes a second parcel. */
const skus = ['TEA-100', 'TEA-500', 'MUG-200', 'POT-900'] as const;
const elsewhere = 'JAR-300';

/** They are all accepted; several, since one card in every order would look busier than any. */
const cards = ['pm_card_visa', 'pm_card_visa_debit', 'pm_card_mastercard', 'pm_card_amex'] as const;

const twoParcelShare = 1 / 6;
const memberShare = 2 / 3;

/** What the buyers of a seed order, when nothing goes wrong. */
export function basketsOf(seed: number, orders: number): readonly OrderPlan[] {
  const random = randomOf(seed);
  return Array.from({ length: orders }, (_unused, index) => ({
    index,
    customerId: `cus_cmp_${seed}_${index}`,
    isMember: random() < memberShare,
    lines: linesOf(random),
    paymentMethod: oneOf(random, cards),
    city: 'Berlin',
    deeds: [],
    excuses: [],
  }));
}

function linesOf(random: Random): readonly Line[] {
  const line = { sku: oneOf(random, skus), quantity: between(random, 1, 3) };
  return random() < twoParcelShare ? [line, { sku: elsewhere, quantity: 1 }] : [line];
}

/** As the order would be with one parcel: where its parcels would go different ways. */
export const inOneParcel = ({ lines, ...order }: OrderPlan): OrderPlan => ({
  ...order,
  lines: lines.filter(({ sku }) => sku !== elsewhere),
});
