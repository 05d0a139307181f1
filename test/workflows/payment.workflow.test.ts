import { typeid } from 'typeid-js';
import { describe, expect, inject, test } from 'vitest';
import { ProviderRefused, ProviderUnavailable } from '../../src/domain/failures.js';
import { connectTemporal } from '../../src/temporal/order-workflows.js';
import {
  type PaymentEvent,
  paymentEventSignal,
  retryPaymentUpdate,
} from '../../src/workflows/messages.js';
import { sharedEnvironment } from '../support/environment.js';
import { fails, gate, type Script } from '../support/fakes.js';
import { hurried, OrderWorker, useOrderWorker } from '../support/order-worker.js';
import { expectAuthorizations, type PlacedOrder } from '../support/placed-order.js';
import { holdUp, scripted } from '../support/scripts.js';
import { quietHistory } from '../support/stages.js';

const orders = useOrderWorker();

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const authorized = (paymentId: string) => () => ({ kind: 'authorized', paymentId });
const asksTheCustomer = () => ({ kind: 'requires_action', paymentId: 'pi_1' });
const declines = () => ({ kind: 'declined', code: 'generic_decline' });

const limited = hurried({ payment: { confirmMs: 300, retryMs: 300 } });

describe.concurrent('a payment that the bank asks its customer about', () => {
  const event = { eventId: 'evt_1', paymentId: 'pi_1', outcome: 'authorized' } as const;
  const report = ({ handle }: PlacedOrder, changes: Partial<PaymentEvent> = {}) =>
    handle.signal(paymentEventSignal, { ...event, ...changes });
  const asked = async (looks: readonly Script[] = []) => {
    const answers = { authorizePayment: [asksTheCustomer], confirmPayment: looks };
    const order = await orders.place({}, scripted(answers));
    await order.waitForState({ status: 'awaiting_payment', stage: 'confirm_payment' });
    return order;
  };
  const looksAt = ({ fakes }: PlacedOrder) => fakes.requests('confirmPayment');

  test('goes on when the bank reports, after a look at what it says', async () => {
    const order = await asked();
    await order.fakes.waitForCall('payment_confirmation_needed');
    expect(looksAt(order)).toEqual([]);
    await report(order);
    await order.isDelivered();
    expect(looksAt(order)).toEqual(['pi_1']);
    expectAuthorizations(order, 1780);
    expect(order.fakes.requests('capturePayment')).toMatchObject([{ paymentId: 'pi_1' }]);
  });

  test('does not miss a report that comes before the answer to our own call', async () => {
    const held = gate<object>();
    const order = await orders.place({}, holdUp('authorizePayment', held));
    await order.fakes.waitForCall('authorizePayment');
    await report(order);
    await quietHistory(order.handle);
    held.open(asksTheCustomer());
    await order.isDelivered();
    expect(looksAt(order)).toEqual(['pi_1']);
    expect(order.recorded('order.confirmed')).toHaveLength(1);
  });

  test('is looked at once for a report that comes twice, and again for another one', async () => {
    const order = await asked([asksTheCustomer]);
    await report(order);
    await order.fakes.waitForCall('confirmPayment');
    await report(order);
    await quietHistory(order.handle);
    await order.waitForState({ stage: 'confirm_payment' });
    expect(looksAt(order)).toHaveLength(1);
    await report(order, { eventId: 'evt_2' });
    await order.isDelivered();
    expect(looksAt(order)).toHaveLength(2);
    expect(order.amounts('payment.captured')).toEqual([eur(1780)]);
  });

  test('is looked at again for a report that comes during a look', async () => {
    const held = gate<object>();
    const order = await asked([held.wait]);
    await report(order);
    await order.fakes.waitForCall('confirmPayment');
    await report(order, { eventId: 'evt_2' });
    held.open(asksTheCustomer());
    await order.isDelivered();
    expect(looksAt(order)).toHaveLength(2);
  });

  test('ends the order when nobody confirms it in time', async () => {
    const order = await orders.place(limited, (fakes) => {
      fakes.always('authorizePayment', asksTheCustomer);
      fakes.always('confirmPayment', asksTheCustomer);
    });
    await order.isRejected('payment_not_confirmed');
    expect(looksAt(order)).toEqual(['pi_1']);
    expect(order.fakes.undos).toEqual(['voidAuthorization', 'releaseInventory']);
    expect(await order.handle.result()).toMatchObject({ paymentStatus: 'voided' });
  });

  test('counts as confirmed though the report about it was never sent', async () => {
    const order = await orders.place(limited, scripted({ authorizePayment: [asksTheCustomer] }));
    await order.isDelivered();
    expect(looksAt(order)).toEqual(['pi_1']);
  });

  test('leaves a second chance to a customer who failed to confirm it', async () => {
    const order = await asked([declines]);
    await report(order, { outcome: 'failed' });
    await order.waitForState({ stage: 'retry_payment', paymentStatus: 'declined' });
    await payAgain(order);
    await order.isDelivered();
    expectAuthorizations(order, 1780, 1780);
  });
});

const payAgain = ({ handle }: PlacedOrder, number = 1, by = 'customer') =>
  handle.executeUpdate(retryPaymentUpdate, { args: [{ changeId: `chg_${number}`, by }] });

describe.concurrent('a customer whose card is declined', () => {
  const mostCards = 5;

  test('pays with another one, and that one alone is charged', async () => {
    const answers = { authorizePayment: [declines, authorized('pi_2')] };
    const order = await orders.place({}, scripted(answers));
    await order.waitForState({ status: 'awaiting_payment', stage: 'retry_payment' });
    await order.fakes.waitForCall('payment_method_needed');
    await payAgain(order);
    await order.isDelivered();
    expect(order.fakes.requests('changePaymentMethod')).toMatchObject([{ 1: 'chg_1' }]);
    expectAuthorizations(order, 1780, 1780);
    expect(order.fakes.requests('capturePayment')).toMatchObject([{ paymentId: 'pi_2' }]);
  });

  test(`may try ${mostCards} cards and no more`, async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.always('authorizePayment', declines);
    });
    for (let number = 1; number < mostCards; number += 1) {
      await order.waitForFact('payment.method_requested', number);
      await order.waitForState({ stage: 'retry_payment' });
      await payAgain(order, number);
    }
    await order.isRejected('payment_declined');
    expectAuthorizations(order, ...Array<number>(mostCards).fill(1780));
    expect(order.fakes.undos).toEqual(['releaseInventory']);
  });

  test('loses the order, and the goods are free again, when he names no other one in time', async () => {
    const order = await orders.place(limited, scripted({ authorizePayment: [declines] }));
    await order.isRejected('payment_declined');
    expectAuthorizations(order, 1780);
    expect(order.fakes.undos).toEqual(['releaseInventory']);
  });

  test('is asked once: of two cards that are named at once the first is taken', async () => {
    const held = gate<undefined>();
    const order = await orders.place({}, (fakes) => {
      scripted({ authorizePayment: [declines] })(fakes);
      holdUp('changePaymentMethod', held)(fakes);
    });
    await order.waitForState({ stage: 'retry_payment' });
    const first = payAgain(order, 1);
    await order.fakes.waitForCall('changePaymentMethod');
    await expect(payAgain(order, 2, 'support')).rejects.toMatchObject({
      cause: { type: 'Refused', message: 'customer has decided already' },
    });
    held.open(undefined);
    await first;
    await order.isDelivered();
    expect(order.recorded('payment.method_changed')).toMatchObject([{ by: 'customer' }]);
  });
});

test('a payment that comes after the end of its order is refunded once, however often it is reported and refused', async () => {
  const [orderId, paymentId] = [typeid('ord').toString(), typeid('pi').toString()];
  const worker = new OrderWorker(await sharedEnvironment());
  await worker.open();
  const workflows = connectTemporal({
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_TASK_QUEUE: worker.taskQueue,
  });
  const fakes = worker.newFakes(`late_${paymentId}`);
  fakes.script(
    'settleLatePayment',
    fails(new ProviderUnavailable('payments: no answer')),
    fails(new ProviderRefused('payments: wrong key')),
    () => ({ kind: 'refunded', amount: eur(1_780) }),
  );
  for (const kind of ['started', 'already_started']) {
    expect(await workflows.startLatePayment({ orderId, paymentId })).toMatchObject({ kind });
  }
  await worker.environment.client.workflow.getHandle(`late_${paymentId}`).result();
  expect(fakes.calls).toEqual(Array(3).fill('settleLatePayment'));
  expect(fakes.timelines.get(orderId)).toMatchObject([
    { type: 'payment.late', paymentId, settled: 'refunded' },
  ]);
  await workflows.close();
  await worker.close();
  await worker.environment.teardown();
});
