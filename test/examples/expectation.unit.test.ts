import { expect, test } from 'vitest';
import { differences, isAsDescribed } from '../../examples/player/expectation.js';

const expected = {
  status: 'delivered',
  payment_status: 'captured',
  fulfillment_status: 'delivered',
  line: [
    'order.placed',
    {
      sideBySide: [
        ['a', 'b'],
        ['a', 'c'],
      ],
    },
    'order.delivered',
  ],
  beside: ['mail.sent shipped'],
  maybe: ['mail.sent order_placed'],
  payments: [],
};

test.each([
  [['order.placed', 'a', 'b', 'a', 'c', 'order.delivered', 'mail.sent shipped']],
  [['order.placed', 'mail.sent shipped', 'a', 'a', 'c', 'b', 'order.delivered']],
  [['order.placed', 'a', 'c', 'mail.sent shipped', 'a', 'b', 'order.delivered']],
  [
    [
      'order.placed',
      'mail.sent order_placed',
      'a',
      'c',
      'a',
      'b',
      'order.delivered',
      'mail.sent shipped',
    ],
  ],
])('what happens side by side may be shuffled, and what is beside it anywhere: %s', (labels) => {
  expect(isAsDescribed(labels, expected)).toBe(true);
});

test.each([
  ['the end is missing', ['order.placed', 'a', 'b', 'a', 'c', 'mail.sent shipped']],
  [
    'a list has lost its order',
    ['order.placed', 'b', 'a', 'a', 'c', 'order.delivered', 'mail.sent shipped'],
  ],
  [
    'something came twice',
    ['order.placed', 'a', 'b', 'a', 'c', 'order.delivered', 'order.delivered', 'mail.sent shipped'],
  ],
  [
    'the end came too early',
    ['order.placed', 'a', 'b', 'a', 'order.delivered', 'c', 'mail.sent shipped'],
  ],
  ['a mail is missing', ['order.placed', 'a', 'b', 'a', 'c', 'order.delivered']],
  [
    'a mail came twice',
    [
      'order.placed',
      'a',
      'b',
      'a',
      'c',
      'order.delivered',
      'mail.sent shipped',
      'mail.sent shipped',
    ],
  ],
])('it is not as described when %s', (_what, labels) => {
  expect(isAsDescribed(labels, expected)).toBe(false);
  expect(differences(labels, expected)).not.toEqual([]);
});

test('differences name what is missing and what nobody described', () => {
  const labels = ['order.placed', 'a', 'b', 'a', 'c', 'order.rejected', 'mail.sent shipped'];
  expect(differences(labels, expected)).toEqual([
    'missing: order.delivered',
    'not described: order.rejected',
  ]);
});
