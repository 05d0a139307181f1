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

test.concurrent.each(cells)(
  '%s stands in the history before anything is done about it',
  async (_title, stage, send) => {
    const { handle } = await orderAt(desk, stage, withOpenItem);
    await send(handle);
    const events = (await handle.fetchHistory()).events ?? [];
    const accepted = events.findIndex(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
    );
    const after = events.slice(accepted);
    const nextTask = after.findIndex((event) => event.workflowTaskCompletedEventAttributes);
    const firstCall = after.findIndex(
      (event) => event.markerRecordedEventAttributes ?? event.activityTaskScheduledEventAttributes,
    );
    expect(accepted).toBeGreaterThan(0);
    expect(firstCall).toBeGreaterThan(nextTask);
    expect(nextTask).toBeGreaterThan(0);
    await handle.terminate().catch(() => undefined);
  },
);
