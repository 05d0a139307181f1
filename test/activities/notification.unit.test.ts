import { describe, expect, test } from 'vitest';
import { notificationActivities } from '../../src/activities/notification.js';
import type { Recommendations } from '../../src/activities/ports.js';
import { aStep, fakeMessages } from './messages.js';
import { anOrder } from './samples.js';

const { orderId } = anOrder;

function notification(recommendations?: Recommendations) {
  const { ports, fakes, mails } = fakeMessages();
  const activities = notificationActivities({
    ...ports,
    ...(recommendations && { recommendations }),
  });
  const recipients = () => mails().map(({ template, to }) => [template, to]);
  return { activities, fakes, mails, recipients };
}

describe('sendMail', () => {
  test('records the mail under its template', async () => {
    const { activities, fakes, recipients } = notification();
    const { facts } = await activities.sendMail({ orderId, template: 'order_placed' });
    expect(recipients()).toEqual([['order_placed', 'ada@example.com']]);
    const fact = { type: 'mail.sent', template: 'order_placed' };
    expect(fakes.entries).toEqual([{ orderId, key: 'sendMail:order_placed', facts: [fact] }]);
    expect(facts).toMatchObject([fact]);
  });

  test('records mails of one template under their sequences', async () => {
    const { activities, fakes, mails } = notification();
    const data = { trackingNumber: 'SP1' };
    await activities.sendMail({ orderId, template: 'shipped', sequence: 'shp_1', data });
    expect(mails()).toMatchObject([{ sequence: 'shp_1', text: expect.stringContaining('SP1') }]);
    expect(fakes.entries).toMatchObject([
      {
        key: 'sendMail:shipped:shp_1',
        facts: [{ type: 'mail.sent', template: 'shipped', subject: 'shp_1' }],
      },
    ]);
  });
});

test('buyer and sellers of a reduced order get mails about what is left of it', async () => {
  const { activities, mails, recipients } = notification();
  const step = { ...aStep, lines: [{ sku: 'TEA-100', quantity: 1 }] };
  await activities.sendOrderConfirmation(step);
  const { facts } = await activities.notifySeller(step);
  expect(recipients()).toEqual([
    ['order_confirmation', 'ada@example.com'],
    ['seller_notice', 'warehouse@leaf.example'],
  ]);
  for (const { text } of mails()) expect(text).not.toContain('Teapot');
  expect(facts).toMatchObject([{ type: 'seller.notified', sellerIds: ['sel_leaf'] }]);
});

describe('sendCancellation', () => {
  const buyer = 'ada@example.com';

  test('writes to the sellers too when they keep their goods ready', async () => {
    const { activities, recipients } = notification();
    await activities.sendCancellation({ ...aStep, ending: 'cancelled', tellSellers: true });
    expect(recipients()).toEqual([
      ['cancellation', buyer],
      ['seller_cancellation', 'warehouse@leaf.example'],
      ['seller_cancellation', 'orders@clay.example'],
    ]);
  });

  test('writes to the buyer alone, with the reason, when no seller was notified', async () => {
    const { activities, mails, recipients } = notification();
    const ending = { ending: 'rejected', reason: 'not_shippable', tellSellers: false } as const;
    await activities.sendCancellation({ ...aStep, ...ending });
    expect(recipients()).toEqual([['rejection', buyer]]);
    expect(mails()[0]!.text).toContain('cannot deliver to the address');
  });

  test('says what happens to the money, by the state of the payment', async () => {
    const { activities, mails } = notification();
    const before = { ...aStep.before, paymentStatus: 'captured' } as const;
    const ending = { ending: 'cancelled', tellSellers: false } as const;
    await activities.sendCancellation({ ...aStep, before, ...ending });
    expect(mails()[0]!.text).toContain('We pay back what was charged');
  });
});

describe('suggestions in the mail about a shipped parcel', () => {
  const line = 'Others who bought this also bought';
  const shippedMail = async (suggest?: Recommendations['suggest']) => {
    const { activities, mails } = notification(suggest && { suggest });
    await activities.sendMail({ orderId, template: 'shipped', sequence: 'shp_1' });
    return mails()[0]!.text;
  };

  test('are the titles of what the team recommends', async () => {
    const asked: unknown[] = [];
    const text = await shippedMail((...question) => {
      asked.push(question);
      return Promise.resolve([
        { sku: 'CUP-1', title: 'A cup' },
        { sku: 'POT-1', title: 'A tea pot' },
      ]);
    });
    expect(asked).toEqual([[orderId, 3]]);
    expect(text).toContain(`${line}: A cup, A tea pot.`);
  });

  test.each([
    ['there is no team', undefined],
    ['the team knows nothing', () => Promise.resolve([])],
    ['the team fails', () => Promise.reject(new Error('no such table'))],
    [
      'the team throws',
      () => {
        throw new Error('at once');
      },
    ],
    ['the team does not answer in time', () => new Promise<never>(() => undefined)],
  ] as const)('are left out when %s', async (_why, suggest) => {
    const startedMs = Date.now();
    const text = await shippedMail(suggest);
    expect(text).toContain('The carrier has your parcel.');
    expect(text).not.toContain(line);
    expect(Date.now() - startedMs).toBeLessThan(1_500);
  });

  test('are not asked for by any other mail', async () => {
    const suggest = () => Promise.reject(new Error('asked'));
    const { activities, mails } = notification({ suggest });
    await activities.sendMail({ orderId, template: 'order_placed' });
    expect(mails()).toHaveLength(1);
  });
});
