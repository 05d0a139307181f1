import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneTimeCodeActivities } from '../../src/activities/one-time-code.js';
import { postgresCodes } from '../../src/adapters/postgres-codes.js';
import { postgresJournal } from '../../src/adapters/postgres-journal.js';
import { twilioTexter } from '../../src/adapters/twilio.js';
import { codeDigest } from '../../src/db/code-digest.js';
import type { OrderId } from '../../src/domain/ids.js';
import { placed } from '../../src/domain/order-state.js';
import { anOrder, shop } from '../activities/samples.js';
import { type Harness, startHarness } from './harness.js';

const secret = 'secret-of-the-code-tests';

let harness: Harness;
let activities: ReturnType<typeof oneTimeCodeActivities>;
beforeAll(async () => {
  harness = await startHarness();
  activities = oneTimeCodeActivities({
    codes: postgresCodes(harness.database, secret),
    journal: postgresJournal(harness.database),
    mailer: harness.mailer,
    texter: twilioTexter({
      accountSid: 'ACtest',
      authToken: 'token',
      apiUrl: harness.urls.stripe,
      from: '+4915155500000',
      timeoutMs: 3_000,
    }),
    orders: {
      find: (orderId) => Promise.resolve({ ...anOrder, orderId }),
      warehouse: () => Promise.reject(new Error('not asked')),
      changeAddress: () => Promise.reject(new Error('not asked')),
      changePaymentMethod: () => Promise.reject(new Error('not asked')),
    },
    shop,
  });
});
afterAll(() => harness.stop());

const sending = (orderId: OrderId, channel: 'email' | 'sms') => ({
  orderId,
  revision: 1_000,
  before: placed,
  number: 1,
  channel,
  validMs: 60_000,
});

/** The newest code in the customer's inbox. */
async function received(orderId: OrderId): Promise<string> {
  const [message] = await harness.inbox(orderId);
  return /\b\d{6}\b/.exec(String(message!['text']))![0];
}

const trying = (orderId: OrderId, tryNumber: number, code: string) => ({
  orderId,
  revision: 1_000 + tryNumber,
  before: { ...placed, status: 'awaiting_customer', stage: 'confirm_code' } as const,
  number: 1,
  tryNumber,
  digest: codeDigest(secret, orderId, code),
});

test.each(['email', 'sms'] as const)(
  'a code that came by %s is the one that counts',
  async (channel) => {
    const orderId = await harness.newOrder();
    await activities.sendCode(sending(orderId, channel));
    const told = await activities.checkCode(trying(orderId, 1, await received(orderId)));
    expect(told.outcome).toEqual({ kind: 'verified' });
    const { messages } = await harness.ledger(orderId);
    expect(messages).toMatchObject([{ channel, template: 'one_time_code' }]);
  },
);

test('the newest code counts when the answer to the first message was lost', async () => {
  const orderId = await harness.newOrder();
  const fault = { service: 'mail', operation: 'send', kind: 'drop_response', order_id: orderId };
  await harness.fault(fault);
  await expect(activities.sendCode(sending(orderId, 'email'))).rejects.toThrow();
  const early = await received(orderId);
  await activities.sendCode(sending(orderId, 'email'));
  expect(await harness.inbox(orderId)).toHaveLength(2);
  const late = await received(orderId);
  if (late !== early) {
    const refused = await activities.checkCode(trying(orderId, 1, early));
    expect(refused.outcome).toEqual({ kind: 'wrong', triesLeft: 4 });
  }
  const told = await activities.checkCode(trying(orderId, 2, late));
  expect(told.facts).toMatchObject([{ type: 'code.verified' }]);
});

test('a repeated attempt of a check is told what the first one wrote', async () => {
  const orderId = await harness.newOrder();
  await activities.sendCode(sending(orderId, 'email'));
  const code = await received(orderId);
  const wrong = trying(orderId, 1, code === '000000' ? '000001' : '000000');
  const [first, second] = [await activities.checkCode(wrong), await activities.checkCode(wrong)];
  expect(second).toEqual(first);
  expect(second.outcome).toEqual({ kind: 'wrong', triesLeft: 4 });
});
