import { describe, expect, test } from 'vitest';
import { notificationActivities } from '../../src/activities/notification.js';
import { oneTimeCodeActivities } from '../../src/activities/one-time-code.js';
import type { OrderMailTemplate } from '../../src/activities/mails/mail.js';
import type {
  Mail,
  OrderDetails,
  Recommendations,
  TextMessage,
} from '../../src/activities/ports.js';
import type { Step } from '../../src/activities/step.js';
import { placed } from '../../src/domain/order-state.js';
import { Fakes } from '../support/fakes.js';
import { anOrder, shop } from './samples.js';

const aStep: Step = { orderId: anOrder.orderId, revision: 1, before: placed };

const { orderId } = anOrder;

/** The ports of the activities that write to people, and what they sent. */
function fakeMessages(order: OrderDetails = anOrder) {
  const fakes = new Fakes();
  const orders = { ...fakes.ports.orders, find: () => Promise.resolve(order) };
  const sent = () => fakes.asked.map(({ request }) => request);
  return {
    fakes,
    ports: { ...fakes.ports, shop, orders },
    mails: () =>
      sent().filter((message): message is Mail => (message as Partial<Mail>).html !== undefined),
    texts: () => fakes.requests('one_time_code') as TextMessage[],
  };
}

function notification(recommendations?: Recommendations) {
  const { ports, ...messages } = fakeMessages();
  const activities = notificationActivities({
    ...ports,
    ...(recommendations && { recommendations }),
  });
  const recipients = () => messages.mails().map(({ template, to }) => [template, to]);
  return { ...messages, activities, recipients };
}

test.each<[OrderMailTemplate, string | undefined, string]>([
  ['order_placed', undefined, 'sendMail:order_placed'],
  ['shipped', 'shp_1', 'sendMail:shipped:shp_1'],
])('the mail %s of sequence %s is recorded as %s', async (template, sequence, key) => {
  const { activities, fakes, mails } = notification();
  const subject = sequence === undefined ? {} : { sequence };
  const data = { trackingNumber: 'SP1' };
  const { facts } = await activities.sendMail({ orderId, template, data, ...subject });
  expect(mails()).toMatchObject([{ template, to: 'ada@example.com', ...subject }]);
  const fact = { type: 'mail.sent', template, ...(sequence && { subject: sequence }) };
  expect(fakes.entries).toEqual([{ orderId, key, facts: [fact] }]);
  expect(facts).toMatchObject([fact]);
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

  test('writes to the buyer what happens to the money, and to sellers who keep goods ready', async () => {
    const { activities, mails, recipients } = notification();
    const before = { ...aStep.before, paymentStatus: 'captured' } as const;
    await activities.sendCancellation({ ...aStep, before, ending: 'cancelled', tellSellers: true });
    expect(recipients()).toEqual([
      ['cancellation', buyer],
      ['seller_cancellation', 'warehouse@leaf.example'],
      ['seller_cancellation', 'orders@clay.example'],
    ]);
    expect(mails()[0]!.text).toContain('We pay back what was charged');
  });

  test('writes to the buyer alone, with the reason, when no seller was notified', async () => {
    const { activities, mails, recipients } = notification();
    const ending = { ending: 'rejected', reason: 'not_shippable', tellSellers: false } as const;
    await activities.sendCancellation({ ...aStep, ...ending });
    expect(recipients()).toEqual([['rejection', buyer]]);
    expect(mails()[0]!.text).toContain('cannot deliver to the address');
  });
});

describe('suggestions in the mail about a shipped parcel', () => {
  const fail = (): never => {
    throw new Error('at once');
  };
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
    ['the team throws', fail],
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

describe('the one-time code', () => {
  const expiresAt = '2026-11-23T14:05:00.000Z';

  function oneTimeCodes(order = anOrder) {
    const messages = fakeMessages(order);
    messages.fakes.script(
      'sendCode',
      () => ({ code: '042137', sequence: '1', expiresAt }),
      () => ({ code: '918273', sequence: '1-2', expiresAt }),
    );
    return { ...messages, activities: oneTimeCodeActivities(messages.ports) };
  }

  const byMail = { ...aStep, number: 1, channel: 'email', validMs: 1_000 } as const;
  const byText = { ...byMail, channel: 'sms' } as const;

  describe('sendCode', () => {
    test('mails the code, which neither the workflow nor the timeline contains', async () => {
      const { activities, fakes, mails } = oneTimeCodes();
      const result = await activities.sendCode(byMail);
      expect(mails()).toMatchObject([
        { template: 'one_time_code', sequence: '1', text: expect.stringContaining('042137') },
      ]);
      expect(fakes.entries).toMatchObject([
        { key: 'sendCode:1', facts: [{ type: 'code.sent', channel: 'email', number: 1 }] },
      ]);
      expect(JSON.stringify([result, fakes.entries])).not.toContain('042137');
    });

    test('sends a text to the phone when the order asks for it', async () => {
      const { activities, mails, texts } = oneTimeCodes();
      await activities.sendCode(byText);
      expect(mails()).toEqual([]);
      expect(texts()).toMatchObject([
        { to: '+4915100000000', sequence: '1', text: expect.stringContaining('042137') },
      ]);
    });

    test('fails for good when there is no phone', async () => {
      const customer = { ...anOrder.customer };
      delete customer.phone;
      const { activities, fakes } = oneTimeCodes({ ...anOrder, customer });
      await expect(activities.sendCode(byText)).rejects.toMatchObject({ nonRetryable: true });
      expect(fakes.entries).toEqual([]);
    });

    test('sends another code as a message of its own when it is retried', async () => {
      const { activities, fakes, mails } = oneTimeCodes();
      await activities.sendCode(byMail);
      await activities.sendCode(byMail);
      expect(mails().map(({ sequence }) => sequence)).toEqual(['1', '1-2']);
      expect(mails()[1]!.text).toContain('918273');
      expect(fakes.entries.map(({ key }) => key)).toEqual(['sendCode:1', 'sendCode:1']);
    });
  });

  describe('checkCode', () => {
    const request = { orderId: aStep.orderId, number: 2, tryNumber: 7, digest: 'f'.repeat(64) };

    test.each([
      [{ kind: 'verified' }, { type: 'code.verified' }],
      [
        { kind: 'wrong', triesLeft: 3 },
        { type: 'code.refused', why: 'wrong', triesLeft: 3 },
      ],
      [{ kind: 'expired' }, { type: 'code.refused', why: 'expired', triesLeft: 0 }],
      [{ kind: 'exhausted' }, { type: 'code.exhausted' }],
    ] as const)('answers %j and records it under its try', async (verdict, fact) => {
      const { activities, fakes } = oneTimeCodes();
      fakes.script('checkCode', () => verdict);
      expect((await activities.checkCode({ ...aStep, ...request })).outcome).toEqual(verdict);
      expect(fakes.entries).toMatchObject([{ key: 'checkCode:7', facts: [fact] }]);
      expect(fakes.requests('checkCode')).toEqual([request]);
    });
  });
});
