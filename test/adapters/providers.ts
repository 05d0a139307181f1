import { expect } from 'vitest';
import type { AuthorizationRequest } from '../../src/activities/ports.js';
import { easypostCarrier } from '../../src/adapters/easypost.js';
import { smtpMailer } from '../../src/adapters/smtp.js';
import { stripePayments, type StripeOptions } from '../../src/adapters/stripe.js';
import { twilioTexter } from '../../src/adapters/twilio.js';
import type { OrderId } from '../../src/domain/ids.js';
import { startTestSandbox } from '../sandbox/test-sandbox.js';
import { useFixture } from '../support/use-fixture.js';
import { openOwnDatabase } from './own-database.js';
import { authorization, capturing, labelRequest } from './requests.js';

/** The adapters for all tests of a file. */
export const useTestProviders = (timeoutMs?: number) => useFixture(() => startProviders(timeoutMs));

/** The adapters over their own database, in front of a sandbox whose parcels move by hand. */
export async function startProviders(timeoutMs = 3_000) {
  const own = await openOwnDatabase();
  const { database } = own;
  const sandbox = await startTestSandbox();
  const stripe = { apiKey: 'sk_test_adapters', apiUrl: sandbox.url, timeoutMs };
  const easypost = { apiKey: 'EZTK_adapters', apiUrl: `${sandbox.url}/easypost/v2`, timeoutMs };
  const twilio = { accountSid: 'ACtest', authToken: 'token', from: '+4915155500000' };
  const from = 'Shop <orders@shop.example>';
  const mailer = smtpMailer({ url: sandbox.smtpUrl, from, timeoutMs });
  const payments = stripePayments(stripe);
  const carrier = easypostCarrier({ ...easypost, database });
  const authorized = async (orderId: OrderId, changes: Partial<AuthorizationRequest> = {}) => {
    const answer = await payments.authorize(authorization(orderId, 'pm_card_visa', changes));
    if (answer.kind !== 'authorized') throw new Error(`expected an authorization: ${answer.kind}`);
    return answer.paymentId;
  };
  return {
    ...own,
    payments,
    paymentsWith: (changes: Partial<StripeOptions>) => stripePayments({ ...stripe, ...changes }),
    carrier,
    mailer,
    texter: twilioTexter({ ...twilio, apiUrl: sandbox.url, timeoutMs }),
    stripe,
    easypost,
    fault: (service: string, operation: string, kind: string, orderId?: string, more?: object) =>
      sandbox.fault({ service, operation, kind, order_id: orderId, ...more }),
    scan: sandbox.scan,
    /** Plays the customer, his bank or the time that passes. */
    upon: (paymentId: string, what: 'authenticate' | 'expire', body: object = {}) =>
      sandbox.control('POST', `payments/${paymentId}/${what}`, body),
    forgetKeys: sandbox.forgetKeys,
    ledger: sandbox.ledger,
    paid: sandbox.paid,
    /** What was done with the order's labels at the carrier: `buy`, `void`. */
    labels: async (orderId: OrderId) =>
      (await sandbox.ledger(orderId)).labels.map(({ kind }) => kind),
    inbox: (orderId: OrderId) => sandbox.inbox(`order_id=${orderId}`),
    /** Authorizes a payment that must succeed. @returns its id at the provider. */
    authorized,
    /** Authorizes and captures the whole order. @returns the payment's id at the provider. */
    captured: async (orderId: OrderId) => {
      const paymentId = await authorized(orderId);
      await payments.capture(capturing(orderId, paymentId));
      return paymentId;
    },
    /** Buys a label that must succeed. @returns its tracking number. */
    bought: async (orderId: OrderId) => {
      const label = await carrier.buyLabel(labelRequest(orderId));
      if (label.kind !== 'bought') throw new Error(`expected a label: ${label.reason}`);
      return label.trackingNumber;
    },
    stop: async () => {
      mailer.close();
      await sandbox.stop();
      await own.stop();
    },
  };
}

/** Calls twice, and expects the same answer. */
export async function twice<Answer>(call: () => PromiseLike<Answer>): Promise<Answer> {
  const first = await call();
  expect(await call()).toEqual(first);
  return first;
}

/** How a call failed. It listens at once, so that no rejection is left unhandled. */
export const failureOf = (call: PromiseLike<unknown>): PromiseLike<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
