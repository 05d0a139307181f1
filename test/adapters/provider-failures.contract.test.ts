import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { easypostClient, translated } from '../../src/adapters/easypost-client.js';
import { stripePayments } from '../../src/adapters/stripe.js';
import {
  attemptStatementMs,
  callLimitMs,
  providerCallMs,
  providerOperationMs,
  withinOperation,
} from '../../src/adapters/time-limits.js';
import { twilioTexter } from '../../src/adapters/twilio.js';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import { newOrderId } from './own-database.js';
import { failureOf } from './providers.js';
import { refunding } from './requests.js';
import { type ScriptedAnswer, type ScriptedProvider, startProvider } from './scripted-provider.js';

const timeoutMs = 1_000;

let provider: ScriptedProvider | undefined;
afterEach(() => provider?.stop());

const codeAsText = { error: { type: 'some_error', code: 'SOME_CODE', message: 'Ada, Berlin' } };
const codeAsNumber = { code: 12345, message: "Invalid 'To' number of Ada", status: 400 };

const clients = [
  {
    name: 'payments',
    code: 'SOME_CODE',
    errorBody: codeAsText,
    ask: (apiUrl: string) =>
      stripePayments({ apiKey: 'sk_test_x', apiUrl, timeoutMs }).refund(
        refunding(newOrderId(), 'pi_1'),
      ),
  },
  {
    name: 'carrier',
    code: 'SOME_CODE',
    errorBody: codeAsText,
    ask: (apiUrl: string) =>
      translated(easypostClient({ apiKey: 'EZ_x', apiUrl, timeoutMs }).retrieve('shp_1')),
  },
  {
    name: 'texts',
    code: '12345',
    errorBody: codeAsNumber,
    ask: (apiUrl: string) =>
      twilioTexter({
        accountSid: 'ACx',
        authToken: 'token',
        apiUrl,
        from: '+4915155500000',
        timeoutMs,
      }).send({
        orderId: newOrderId(),
        template: 'one_time_code',
        sequence: '1',
        to: '+4915100000000',
        text: 'A code',
      }),
  },
];

describe.each(clients)('$name', ({ name, code, errorBody, ask }) => {
  const failure = async (
    answer: ScriptedAnswer | 'cut' | 'silence' | 'drips',
  ): Promise<unknown> => {
    provider = await startProvider(() => answer);
    return failureOf(ask(provider.url));
  };

  test.each([400, 401, 403, 404])('takes a %i for final', async (status) => {
    const error = await failure({ status, body: errorBody });
    expect(error).toBeInstanceOf(ProviderRefused);
    expect((error as Error).message).toBe(`${name}: ${code} (HTTP ${status})`);
  });

  test.each([408, 409, 429, 500, 502, 503, 504])('may work later after a %i', async (status) => {
    const error = await failure({ status, body: errorBody });
    expect(error).toBeInstanceOf(ProviderUnavailable);
    expect((error as Error).message).not.toContain('Ada');
  });

  test.each([
    ['7', 7_000],
    ['86400', 300_000],
    ['soon', undefined],
  ])('waits as long as Retry-After: %s says, within limits', async (header, retryAfterMs) => {
    const headers = { 'retry-after': header };
    const error = await failure({ status: 429, headers, body: errorBody });
    expect(error).toMatchObject({ name: 'ProviderUnavailable', retryAfterMs });
  });

  test('may work later after an error page that is no JSON', async () => {
    const headers = { 'content-type': 'text/html' };
    const error = await failure({ status: 502, headers, body: '<h1>Bad Gateway</h1>' });
    expect(error).toBeInstanceOf(ProviderUnavailable);
  });

  test.each([
    ['the provider fails', { status: 503, body: errorBody }],
    ['the connection is cut', 'cut'],
    ['there is no answer until the deadline', 'silence'],
    ['the answer has no end before the deadline', 'drips'],
  ] as const)('is asked once, and within its time, when %s', async (_what, answer) => {
    const startedMs = Date.now();
    expect(await failure(answer)).toBeInstanceOf(ProviderUnavailable);
    expect(Date.now() - startedMs).toBeLessThan(timeoutMs + 1_000);
    expect(provider?.requests).toHaveLength(1);
  });

  test('may work later when nobody listens', async () => {
    await expect(ask('http://127.0.0.1:9')).rejects.toBeInstanceOf(ProviderUnavailable);
  });
});

describe('the time of a call', () => {
  const limit = () => Promise.resolve(callLimitMs(400));

  test('is its own outside of an operation, and while the operation has more than that left', async () => {
    expect([await limit(), await withinOperation(limit, 60_000)]).toEqual([400, 400]);
  });

  test('is what its operation has left', async () => {
    const left = await withinOperation(async () => {
      await pause(50);
      return callLimitMs(60_000);
    }, 20_000);
    expect(left).toBeLessThanOrEqual(19_951);
    expect(left).toBeGreaterThan(0);
  });

  test('ends with its operation, and the call may work later', async () => {
    const late = withinOperation(async () => {
      await pause(20);
      return callLimitMs(400);
    }, 10);
    await expect(late).rejects.toBeInstanceOf(ProviderUnavailable);
  });

  test('is no other operation’s', async () => {
    const [short, long] = await Promise.all(
      [100, 10_000].map((operationMs) => withinOperation(limit, operationMs)),
    );
    expect(short).toBeLessThanOrEqual(100);
    expect(long).toBe(400);
  });
});

test('leaves an attempt of 10 s half a second to report its failure', () => {
  expect(providerCallMs).toBeLessThanOrEqual(5_000);
  expect(providerOperationMs + attemptStatementMs).toBeLessThanOrEqual(9_500);
});
