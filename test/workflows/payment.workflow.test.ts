import { describe, expect, test } from 'vitest';
import type { AuthorizationRequest } from '../../src/activities/ports.js';
import type { PaymentEvent } from '../../src/workflows/messages.js';
import { paymentEventSignal, retryPaymentUpdate } from '../../src/workflows/messages.js';
import { hurried } from '../replay/endings/ending.js';
import {
  waitForCall,
  waitForState,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { isDelivered, isRejected, recorded, requestsOf } from '../support/order-story.js';
import {
  amountsOf,
  firstIsPaid,
  waitForFact,
  ofParcel,
  splitOver,
  undosIn,
} from '../support/parcels.js';
import { holdUp, mainUndos } from '../support/saga-steps.js';
import { quietHistory } from '../support/stages.js';
import { gate, type Script, type World } from '../support/world.js';

const desk = useOrderDesk();

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const authorized = (paymentId: string) => () => ({ kind: 'authorized', paymentId });
const asksTheCustomer = () => ({ kind: 'requires_action', paymentId: 'pi_1' });
const declines = () => ({ kind: 'declined', code: 'generic_decline' });
const loses = () => ({ kind: 'authorization_lost' });

const limited = hurried({ payment: { confirmMs: 300, retryMs: 300 } });

const scripts =
  (answers: Readonly<Record<string, readonly Script[]>>) =>
  (world: World): void => {
    for (const [call, each] of Object.entries(answers)) world.script(call, ...each);
  };

/** Each authorization has a key of its own, or the bank would answer with the one before. */
function expectAuthorizations(order: PlacedOrder, ...amountsMinor: readonly number[]): void {
  const all = requestsOf(order.world, 'authorizePayment') as AuthorizationRequest[];
  expect(all.map(({ amount }) => amount)).toEqual(amountsMinor.map(eur));
  expect(new Set(all.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(all.length);
}

describe.concurrent('a payment that the bank asks its customer about', () => {
  const report = { eventId: 'evt_1', paymentId: 'pi_1', outcome: 'authorized' } as const;
  const tell = ({ handle }: PlacedOrder, changes: Partial<PaymentEvent> = {}) =>
    handle.signal(paymentEventSignal, { ...report, ...changes });
  const asked = async (looks: readonly Script[] = []) => {
    const answers = { authorizePayment: [asksTheCustomer], confirmPayment: looks };
    const order = await desk.place({}, scripts(answers));
    await waitForState(order.handle, { status: 'awaiting_payment', stage: 'confirm_payment' });
    return order;
  };
  const looksAt = ({ world }: PlacedOrder) => requestsOf(world, 'confirmPayment');

  test('goes on when the bank reports, after a look at what it says', async () => {
    const order = await asked();
    await waitForCall(order.world, 'payment_confirmation_needed');
    expect(looksAt(order)).toEqual([]);
    await tell(order);
    await isDelivered(order);
    expect(looksAt(order)).toEqual(['pi_1']);
    expectAuthorizations(order, 1780);
    expect(requestsOf(order.world, 'capturePayment')).toMatchObject([{ paymentId: 'pi_1' }]);
  });

  test('does not miss a report that comes before the answer to our own call', async () => {
    const held = gate<object>();
    const order = await desk.place({}, holdUp('authorizePayment', held));
    await waitForCall(order.world, 'authorizePayment');
    await tell(order);
    await quietHistory(order.handle);
    held.open(asksTheCustomer());
    await isDelivered(order);
    expect(looksAt(order)).toEqual(['pi_1']);
    expect(recorded(order, 'order.confirmed')).toHaveLength(1);
  });

  test('is looked at once for a report that comes twice, and again for another one', async () => {
    const order = await asked([asksTheCustomer]);
    await tell(order);
    await waitForCall(order.world, 'confirmPayment');
    await tell(order);
    await quietHistory(order.handle);
    await waitForState(order.handle, { stage: 'confirm_payment' });
    expect(looksAt(order)).toHaveLength(1);
    await tell(order, { eventId: 'evt_2' });
    await isDelivered(order);
    expect(looksAt(order)).toHaveLength(2);
    expect(amountsOf(order, 'payment.captured')).toEqual([eur(1780)]);
  });

  test('hears nothing of what is reported about another payment', async () => {
    const order = await asked();
    await tell(order, { paymentId: 'pi_of_another_order' });
    await quietHistory(order.handle);
    await waitForState(order.handle, { stage: 'confirm_payment' });
    expect(looksAt(order)).toEqual([]);
    await tell(order);
    await isDelivered(order);
  });

  test('ends the order when nobody confirms it in time', async () => {
    const order = await desk.place(limited, (world) => {
      world.always('authorizePayment', asksTheCustomer);
      world.always('confirmPayment', asksTheCustomer);
    });
    await isRejected(order, 'payment_not_confirmed');
    expect(looksAt(order)).toEqual(['pi_1']);
    expect(undosIn(order.world)).toEqual(['voidAuthorization', 'releaseInventory']);
    expect(await order.handle.result()).toMatchObject({ paymentStatus: 'voided' });
  });

  test('counts as confirmed though the report about it was never sent', async () => {
    const order = await desk.place(limited, scripts({ authorizePayment: [asksTheCustomer] }));
    await isDelivered(order);
    expect(looksAt(order)).toEqual(['pi_1']);
  });

  test('leaves a second chance to a customer who failed to confirm it', async () => {
    const order = await asked([declines]);
    await tell(order, { outcome: 'failed' });
    await waitForState(order.handle, { stage: 'retry_payment', paymentStatus: 'declined' });
    await payAgain(order);
    await isDelivered(order);
    expectAuthorizations(order, 1780, 1780);
  });
});

const payAgain = ({ handle }: PlacedOrder, number = 1, by = 'customer') =>
  handle.executeUpdate(retryPaymentUpdate, { args: [{ changeId: `chg_${number}`, by }] });

describe.concurrent('a customer whose card is declined', () => {
  const mostCards = 5;

  test('pays with another one, and that one alone is charged', async () => {
    const answers = { authorizePayment: [declines, authorized('pi_2')] };
    const order = await desk.place({}, scripts(answers));
    await waitForState(order.handle, { status: 'awaiting_payment', stage: 'retry_payment' });
    await waitForCall(order.world, 'payment_method_needed');
    await payAgain(order);
    await isDelivered(order);
    expect(requestsOf(order.world, 'changePaymentMethod')).toMatchObject([{ 1: 'chg_1' }]);
    expectAuthorizations(order, 1780, 1780);
    expect(requestsOf(order.world, 'capturePayment')).toMatchObject([{ paymentId: 'pi_2' }]);
  });

  test(`may try ${mostCards} cards and no more`, async () => {
    const order = await desk.place({}, (world) => {
      world.always('authorizePayment', declines);
    });
    for (let number = 1; number < mostCards; number += 1) {
      await waitForFact(order, 'payment.method_requested', number);
      await waitForState(order.handle, { stage: 'retry_payment' });
      await payAgain(order, number);
    }
    await isRejected(order, 'payment_declined');
    expectAuthorizations(order, ...Array<number>(mostCards).fill(1780));
    expect(undosIn(order.world)).toEqual(['releaseInventory']);
  });

  test('loses the order, and the goods are free again, when he names no other one in time', async () => {
    const order = await desk.place(limited, scripts({ authorizePayment: [declines] }));
    await isRejected(order, 'payment_declined');
    expectAuthorizations(order, 1780);
    expect(undosIn(order.world)).toEqual(['releaseInventory']);
  });

  test('is heard once: of two cards that are named at once the first is taken', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      scripts({ authorizePayment: [declines] })(world);
      holdUp('changePaymentMethod', held)(world);
    });
    await waitForState(order.handle, { stage: 'retry_payment' });
    const first = payAgain(order, 1);
    await waitForCall(order.world, 'changePaymentMethod');
    await expect(payAgain(order, 2, 'support')).rejects.toMatchObject({
      cause: { type: 'Refused', message: 'customer has decided already' },
    });
    held.open(undefined);
    await first;
    await isDelivered(order);
    expect(recorded(order, 'payment.method_changed')).toMatchObject([{ by: 'customer' }]);
  });
});

describe.concurrent('an authorization that ran out', () => {
  /** Nothing can be taken from the first authorization any more. */
  const firstIsLost: Script = ({ paymentId }: { paymentId: string }) =>
    paymentId === 'pi_1' ? loses() : undefined;
  const renewed = { authorizePayment: [authorized('pi_1'), authorized('pi_2')] };
  test('is renewed once', async () => {
    const order = await desk.place({}, scripts({ ...renewed, capturePayment: [loses] }));
    await isDelivered(order);
    expectAuthorizations(order, 1780, 1780);
    expect(amountsOf(order, 'payment.captured')).toEqual([eur(1780)]);
    expect(recorded(order, 'order.confirmed')).toHaveLength(1);
  });

  test('is not renewed a second time', async () => {
    const order = await desk.place({}, scripts({ capturePayment: [loses, loses] }));
    await isRejected(order, 'payment_declined');
    expectAuthorizations(order, 1780, 1780);
    expect(requestsOf(order.world, 'capturePayment')).toHaveLength(2);
    expect(undosIn(order.world)).toContain('releaseInventory');
  });

  test('ends the order, whose label is voided, when its renewal is declined', async () => {
    const answers = { authorizePayment: [authorized('pi_1'), declines], capturePayment: [loses] };
    const order = await desk.place({}, scripts(answers));
    await isRejected(order, 'payment_declined');
    expect(requestsOf(order.world, 'capturePayment')).toHaveLength(1);
    const undos = mainUndos.filter((undo) => undo !== 'voidAuthorization');
    expect(undosIn(order.world)).toEqual(['voidLabel 0', ...undos]);
    expect(await order.handle.result()).toMatchObject({ paymentStatus: 'declined' });
  });

  test('is renewed once for two parcels that find it out at once', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      scripts(renewed)(world);
      world.always('capturePayment', async (request) => {
        await waitForCall(world, 'capturePayment', 2);
        return firstIsLost(request);
      });
    });
    await isDelivered(order, 2);
    expectAuthorizations(order, 1780, 1780);
    expect(amountsOf(order, 'payment.captured')).toEqual([eur(890), eur(890)]);
    const taken = requestsOf(order.world, 'capturePayment').slice(-2);
    expect(taken).toMatchObject([{ paymentId: 'pi_2' }, { paymentId: 'pi_2' }]);
  });

  test('is renewed only for what is not taken yet', async () => {
    const order = await desk.place({}, (world) => {
      splitOver(world, 'wh_1', 'wh_2');
      scripts(renewed)(world);
      world.always('createShipment', ofParcel(1, firstIsPaid(world)));
      world.always('capturePayment', ofParcel(1, firstIsLost));
    });
    await isDelivered(order, 2);
    expectAuthorizations(order, 1780, 890);
    expect(amountsOf(order, 'payment.captured')).toEqual([eur(890), eur(890)]);
    expect(await order.handle.result()).toMatchObject({ paymentStatus: 'captured' });
  });
});
