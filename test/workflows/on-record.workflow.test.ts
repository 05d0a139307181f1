import { expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import type { Stage } from '../../src/domain/order-state.js';
import {
  approveOrderUpdate,
  cancelOrderUpdate,
  changeAddressUpdate,
  decideShortageUpdate,
  resolveAttentionUpdate,
  retryPaymentUpdate,
  timelineQuery,
  verifyCodeUpdate,
} from '../../src/workflows/messages.js';
import { useOrderDesk } from '../support/order-desk.js';
import type { OrderHandle } from '../support/order-worker.js';
import { orderAt } from '../support/stages.js';
import { fails, type World } from '../support/world.js';

const desk = useOrderDesk();

const withOpenItem = (world: World) => {
  world.always('order_placed', fails(new ProviderRefused('no such mailbox')));
};

async function resolveItem(handle: OrderHandle): Promise<unknown> {
  const timeline = await handle.query(timelineQuery);
  const attentionId = timeline.find((fact) => fact.type === 'attention.raised')?.id ?? 'att_none';
  const resolution = { attentionId, choice: 'waive', by: 'mia', note: 'gone' } as const;
  return handle.executeUpdate(resolveAttentionUpdate, { args: [resolution] });
}

const change = { changeId: 'chg_1', by: 'customer' };
const approval = { decision: 'approve', by: 'mia', reason: 'known' } as const;
const cells: readonly [string, Stage, (handle: OrderHandle) => Promise<unknown>][] = [
  ['an approval', 'approve', (o) => o.executeUpdate(approveOrderUpdate, { args: [approval] })],
  [
    'a code',
    'confirm_code',
    (order) => order.executeUpdate(verifyCodeUpdate, { args: [{ digest: 'abc' }] }),
  ],
  [
    'a decision about a shortage',
    'decide_shortage',
    (order) =>
      order.executeUpdate(decideShortageUpdate, { args: [{ decision: 'wait', by: 'customer' }] }),
  ],
  [
    'another card',
    'retry_payment',
    (order) => order.executeUpdate(retryPaymentUpdate, { args: [change] }),
  ],
  [
    'another address',
    'fix_address',
    (order) => order.executeUpdate(changeAddressUpdate, { args: [change] }),
  ],
  [
    'a cancel',
    'hand_over',
    (order) =>
      order.executeUpdate(cancelOrderUpdate, {
        args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
      }),
  ],
  ['a decision about an attention item', 'hand_over', resolveItem],
];

type Events = NonNullable<Awaited<ReturnType<OrderHandle['fetchHistory']>>['events']>;

/** What the history says from the moment on at which the message was accepted. */
async function eventsAfter([, stage, send]: (typeof cells)[number]): Promise<Events> {
  const { handle } = await orderAt(desk, stage, withOpenItem);
  await send(handle);
  const { events } = await handle.fetchHistory();
  await handle.terminate().catch(() => undefined);
  const all = events ?? [];
  const accepted = all.findIndex((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
  expect(accepted).toBeGreaterThan(0);
  return all.slice(accepted);
}

const isReceipt = ({ activityTaskScheduledEventAttributes: scheduled }: Events[number]): boolean =>
  scheduled?.activityType?.name === 'putOnRecord';

const isDeed = (event: Events[number]): boolean =>
  event.markerRecordedEventAttributes?.markerName === 'core_local_activity' ||
  (!!event.activityTaskScheduledEventAttributes && !isReceipt(event));

test.concurrent.each(cells)(
  '%s stands in the history before anything is done about it',
  async (...cell) => {
    const events = await eventsAfter(cell);
    const receipt = events.findIndex(isReceipt);
    const nextTask = events.findIndex((event) => event.workflowTaskCompletedEventAttributes);
    expect(receipt).toBeGreaterThan(0);
    expect(nextTask).toBeGreaterThan(receipt);
    expect(events.findIndex(isDeed)).toBeGreaterThan(nextTask);
  },
);

test.concurrent.each(cells)('%s waits for no timer, which takes a second', async (...cell) => {
  const events = await eventsAfter(cell);
  const untilDeed = events.slice(0, events.findIndex(isDeed));
  expect(untilDeed.length).toBeGreaterThan(0);
  expect(untilDeed.filter((event) => event.timerStartedEventAttributes)).toEqual([]);
});
