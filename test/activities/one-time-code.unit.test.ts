import { beforeEach, describe, expect, test } from 'vitest';
import { oneTimeCodeActivities } from '../../src/activities/one-time-code.js';
import type { Codes } from '../../src/activities/ports.js';
import type { CodeVerdict } from '../../src/domain/one-time-code.js';
import { aStep, Desk } from './desk.js';

const issuedCodes = ['042137', '918273'];

let desk: Desk;
let issued: number;
let verdict: CodeVerdict;
let checks: Parameters<Codes['check']>[0][];
let activities: ReturnType<typeof oneTimeCodeActivities>;
beforeEach(() => {
  desk = new Desk();
  issued = 0;
  checks = [];
  const codes: Codes = {
    issue: (_orderId, number) => {
      const code = issuedCodes[issued]!;
      issued += 1;
      const sequence = issued === 1 ? `${number}` : `${number}-${issued}`;
      return Promise.resolve({ code, sequence, expiresAt: '2026-11-23T14:05:00.000Z' });
    },
    check: (request) => {
      checks.push(request);
      return Promise.resolve(verdict);
    },
  };
  activities = oneTimeCodeActivities({ ...desk.ports, codes });
});

const byMail = { ...aStep, number: 1, channel: 'email', validMs: 1_000 } as const;
const byText = { ...byMail, channel: 'sms' } as const;

describe('sendCode', () => {
  test('mails the code, and tells the workflow everything but the code', async () => {
    const told = await activities.sendCode(byMail);
    expect(desk.mails).toMatchObject([{ template: 'one_time_code', sequence: '1' }]);
    expect(desk.mails[0]!.text).toContain('042137');
    expect(desk.entries).toMatchObject([
      { key: 'sendCode:1', facts: [{ type: 'code.sent', channel: 'email', number: 1 }] },
    ]);
    expect(JSON.stringify([told, desk.entries])).not.toContain('042137');
  });

  test('sends a text to the phone where the order asks for it', async () => {
    await activities.sendCode(byText);
    expect(desk.mails).toEqual([]);
    expect(desk.texts).toMatchObject([{ to: '+4915100000000', sequence: '1' }]);
    expect(desk.texts[0]!.text).toContain('042137');
  });

  test('fails for good where there is no phone', async () => {
    const { phone, ...customer } = desk.order.customer;
    expect(phone).toBeDefined();
    desk.order = { ...desk.order, customer };
    await expect(activities.sendCode(byText)).rejects.toMatchObject({ nonRetryable: true });
    expect(desk.entries).toEqual([]);
  });

  test('sends another code as a message of its own when it is tried again', async () => {
    await activities.sendCode(byMail);
    await activities.sendCode(byMail);
    expect(desk.mails.map(({ sequence }) => sequence)).toEqual(['1', '1-2']);
    expect(desk.mails[1]!.text).toContain('918273');
    expect(desk.entries.map(({ key }) => key)).toEqual(['sendCode:1', 'sendCode:1']);
  });
});

describe('checkCode', () => {
  const step = { ...aStep, number: 2, tryNumber: 7, digest: 'f'.repeat(64) };

  test.each([
    [{ kind: 'verified' }, { type: 'code.verified' }],
    [
      { kind: 'wrong', triesLeft: 3 },
      { type: 'code.refused', why: 'wrong', triesLeft: 3 },
    ],
    [{ kind: 'expired' }, { type: 'code.refused', why: 'expired', triesLeft: 0 }],
    [{ kind: 'exhausted' }, { type: 'code.exhausted' }],
  ] as const)('answers %j and notes it under its try', async (given, fact) => {
    verdict = given;
    const told = await activities.checkCode(step);
    expect(told.outcome).toEqual(given);
    expect(desk.entries).toMatchObject([{ key: 'checkCode:7', facts: [fact] }]);
    expect(checks).toEqual([
      { orderId: step.orderId, number: 2, tryNumber: 7, digest: step.digest },
    ]);
  });
});
