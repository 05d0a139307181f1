import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import {
  accepts,
  isAccepted,
  type OrderCommand,
  orderCommands,
} from '../../src/domain/commands.js';
import type { FactType } from '../../src/domain/facts.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { type AttentionId, shipmentIdOf, suffixOf } from '../../src/domain/ids.js';
import type { Stage } from '../../src/domain/order-state.js';
import {
  approveOrderUpdate,
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
  carrierEventSignal,
  changeAddressUpdate,
  decideShortageUpdate,
  paymentEventSignal,
  refusedType,
  resolveAttentionUpdate,
  retryPaymentUpdate,
  statusQuery,
  timelineQuery,
  verifyCodeUpdate,
} from '../../src/workflows/messages.js';
import { fails, type Fakes } from '../support/fakes.js';
import { type OrderHandle, useOrderWorker } from '../support/order-worker.js';
import { orderAt, quietHistory, type RestingOrder } from '../support/stages.js';
import { waitFor } from '../support/wait-for.js';

const orders = useOrderWorker();
const stages = Object.keys(accepts) as readonly Stage[];

/** Each stage with each command that an order takes there, or does not. */
const commandsAt = (stage: Stage, isTaken: boolean): readonly OrderCommand[] =>
  orderCommands.filter((command) => isAccepted({ stage }, command) === isTaken);
const taken = stages.flatMap((stage) =>
  commandsAt(stage, true).map((command) => [stage, command] as const),
);

/** A side step that failed for good: an item that can stand open at any stage. */
const withOpenItem = (fakes: Fakes) => {
  fakes.always('order_placed', fails(new ProviderRefused('no such mailbox')));
};
const noItem: AttentionId = `att_${suffixOf('01890a5d-ac96-774b-bcce-b302099a8057')}`;

async function openItem(handle: OrderHandle): Promise<AttentionId> {
  const timeline = await handle.query(timelineQuery);
  const raised = timeline.find((fact) => fact.type === 'attention.raised');
  return raised?.id ?? noItem;
}

const change = { changeId: 'chg_1', by: 'customer' };
const send: Readonly<Record<OrderCommand, (handle: OrderHandle) => Promise<unknown>>> = {
  cancelOrder: (handle) =>
    handle.executeUpdate(cancelOrderUpdate, { args: [{ requestedBy: 'buyer', reason: 'late' }] }),
  changeAddress: (handle) => handle.executeUpdate(changeAddressUpdate, { args: [change] }),
  approveOrder: (handle) =>
    handle.executeUpdate(approveOrderUpdate, {
      args: [{ decision: 'approve', by: 'mia', reason: 'known' }],
    }),
  verifyCode: (handle) => handle.executeUpdate(verifyCodeUpdate, { args: [{ digest: 'abc' }] }),
  decideShortage: (handle) =>
    handle.executeUpdate(decideShortageUpdate, { args: [{ decision: 'cancel', by: 'customer' }] }),
  retryPayment: (handle) => handle.executeUpdate(retryPaymentUpdate, { args: [change] }),
  resolveAttention: async (handle) =>
    handle.executeUpdate(resolveAttentionUpdate, {
      args: [{ attentionId: await openItem(handle), choice: 'waive', by: 'mia', note: 'gone' }],
    }),
};

/** The fact of an order that took the message. */
const effects: Readonly<Record<OrderCommand, FactType>> = {
  cancelOrder: 'order.cancelled',
  changeAddress: 'address.changed',
  approveOrder: 'order.approved',
  verifyCode: 'code.verified',
  decideShortage: 'shortage.decided',
  retryPayment: 'payment.method_changed',
  resolveAttention: 'attention.resolved',
};

/** Of all changes of an address, its order waits for this one alone. */
const goesOn = (stage: Stage, message: OrderCommand): boolean =>
  message === 'changeAddress' ? stage === 'fix_address' : message !== 'resolveAttention';

/** A call that hangs is tried again in time: no effect of what an order is sent. */
const everythingOf = async ({ handle, fakes }: RestingOrder) => ({
  summary: await handle.query(statusQuery),
  timeline: await handle.query(timelineQuery),
  calls: [...new Set(fakes.calls)],
});

async function end(order: RestingOrder): Promise<void> {
  await order.handle.terminate().catch(() => undefined);
  order.release();
}

async function expectRefusal(order: RestingOrder, message: OrderCommand): Promise<void> {
  const state = await order.handle.query(statusQuery);
  const refused = await send[message](order.handle).catch((error: unknown) => error);
  expect(refused, message).toBeInstanceOf(WorkflowUpdateFailedError);
  const { cause } = refused as WorkflowUpdateFailedError;
  expect(cause, message).toBeInstanceOf(ApplicationFailure);
  expect(cause, message).toMatchObject({
    type: message === 'cancelOrder' ? cancelRefusedType : refusedType,
    details: [state],
  });
}

/** About the parcels and the payments of other orders. */
async function sendForeignSignals({ handle }: RestingOrder): Promise<void> {
  await handle.signal(carrierEventSignal, {
    eventId: 'evt_other',
    shipmentId: 'shp_01h455vb4pex5vsknk084sn02q',
    milestone: 'delivered',
  });
  await handle.signal(paymentEventSignal, {
    eventId: 'evt_other',
    paymentId: 'pi_of_another_order',
    outcome: 'authorized',
  });
}

describe.concurrent('an order at', { timeout: 60_000 }, () => {
  test.each(taken)('%s takes %s', async (stage, message) => {
    const prepare = message === 'resolveAttention' ? withOpenItem : undefined;
    const order = await orderAt(orders, stage, prepare);
    const sent = send[message](order.handle);
    if (message === 'cancelOrder') order.release();
    expect(await sent).toBeTypeOf('object');
    await order.waitForFact(effects[message]);
    if (message === 'cancelOrder') await order.waitForState({ status: 'cancelled' });
    const { stage: now } = await order.handle.query(statusQuery);
    if (goesOn(stage, message)) expect(now).not.toBe(stage);
    else expect(now).toBe(stage);
    await end(order);
  });

  test.each(stages)(
    '%s refuses all other messages with its state, and without a trace',
    async (stage) => {
      const order = await orderAt(orders, stage);
      const before = await everythingOf(order);
      const length = await quietHistory(order.handle);
      // Where the order takes decisions about items, this one is about none.
      const messages = new Set([...commandsAt(stage, false), 'resolveAttention' as const]);
      await Promise.all([...messages].map((message) => expectRefusal(order, message)));
      expect(await quietHistory(order.handle)).toBe(length);
      await sendForeignSignals(order);
      await waitFor(
        'both signals in the history',
        async () => (await quietHistory(order.handle)) >= length + 2,
      );
      expect(await everythingOf(order)).toEqual(before);
      await end(order);
    },
  );

  test.each(stages)(
    '%s is cancelled by signal, or has the refusal in its timeline',
    async (stage) => {
      const order = await orderAt(orders, stage);
      await order.handle.signal(cancelSignal, { requestedBy: 'operator' });
      if (isAccepted({ stage }, 'cancelOrder')) {
        order.release();
        await order.waitForState({ status: 'cancelled' });
      } else {
        await order.waitForFact('order.cancel_refused');
        await order.waitForState({ stage });
      }
      await end(order);
    },
  );
});

test('an order that has ended decides about no item any more', async () => {
  const order = await orderAt(orders, 'done', withOpenItem);
  await expectRefusal(order, 'resolveAttention');
  await end(order);
});

const signals = ['carrierEvent', 'paymentEvent', 'partnerAnswer'];
const nonsense: readonly unknown[] = [undefined, null, 'x', { shipmentId: 7 }];

describe.concurrent('what nobody can read does not hold up an order', () => {
  test.each(signals)('as the signal %s', async (name) => {
    const order = await orders.place();
    for (const message of nonsense) await order.handle.signal(name, message);
    await order.handle.signal(name);
    await order.isDelivered();
  });

  test.each(orderCommands)('as the update %s, which is refused', async (name) => {
    const order = await orders.place();
    for (const message of nonsense) {
      await expect(order.handle.executeUpdate(name, { args: [message] })).rejects.toThrow();
    }
    await order.isDelivered();
  });

  test('a milestone that no carrier knows is no hand-over, and ends no cancelling', async () => {
    const order = await orders.place();
    await order.waitForFact('payment.captured');
    const shipmentId = shipmentIdOf(order.id);
    const event = { eventId: 'evt_1', shipmentId, milestone: 'teleported' };
    await order.handle.signal('carrierEvent', event);
    await order.handle.signal('cancel', null);
    await order.endsAs('cancelled');
    expect(order.facts).not.toContain('shipment.handed_over');
  });

  test('an answer that no partner can give is none, and the next one counts', async () => {
    const order = await orders.place({}, (fakes) => {
      const offered = { kind: 'offered', partnerId: 'dp_2', offerId: 'off_1', until: 'soon' };
      fakes.script('assignDeliveryPartner', () => offered);
      fakes.script('settleDeliveryOffer', () => ({ kind: 'assigned', partnerId: 'dp_2' }));
    });
    await order.waitForFact('delivery_partner.offered');
    await order.handle.signal('partnerAnswer', { offerId: 'off_1', answer: 'perhaps' });
    await order.handle.signal('partnerAnswer', { offerId: 'off_1', answer: 'accept' });
    await order.waitForFact('delivery_partner.assigned');
    const closing = order.fakes.asked.find(({ name }) => name === 'settleDeliveryOffer');
    expect(JSON.stringify(closing?.request)).toContain('accept');
    await order.isDelivered();
  });
});
