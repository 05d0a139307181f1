import { describe, expect, test } from 'vitest';
import { oneTimeCodeActivities } from '../../src/activities/one-time-code.js';
import { aStep, fakeMessages } from './messages.js';
import { anOrder } from './samples.js';

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
