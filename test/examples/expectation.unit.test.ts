import { expect, test } from 'vitest';
import { differences, isAsDescribed } from '../../examples/player/expectation.js';

const words = (text: string): string[] => text.split(' ');

const expected = {
  status: 'delivered',
  payment_status: 'captured',
  fulfillment_status: 'delivered',
  line: ['placed', { sideBySide: [words('a b'), words('a c')] }, 'delivered'],
  beside: ['mail.sent'],
  maybe: ['points.awarded'],
  payments: [],
};

test.each([
  'placed a b a c delivered mail.sent',
  'placed mail.sent a a c b delivered',
  'placed a c mail.sent a b delivered',
  'placed points.awarded a c a b delivered mail.sent',
])(
  'concurrent facts may be shuffled, and those beside the main line may be anywhere: %s',
  (facts) => {
    expect(isAsDescribed(words(facts), expected)).toBe(true);
  },
);

test.each([
  ['the end is missing', 'placed a b a c mail.sent'],
  ['a list has lost its order', 'placed b a a c delivered mail.sent'],
  ['something came twice', 'placed a b a c delivered delivered mail.sent'],
  ['the end came too early', 'placed a b a delivered c mail.sent'],
  ['a mail is missing', 'placed a b a c delivered'],
  ['a mail came twice', 'placed a b a c delivered mail.sent mail.sent'],
])('a timeline is not as described when %s', (_what, facts) => {
  expect(isAsDescribed(words(facts), expected)).toBe(false);
  expect(differences(words(facts), expected)).not.toEqual([]);
});

test('differences name what is missing and what is not described', () => {
  expect(differences(words('placed a b a c rejected mail.sent'), expected)).toEqual([
    'missing: delivered',
    'not described: rejected',
  ]);
});
