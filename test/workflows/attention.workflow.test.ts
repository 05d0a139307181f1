import { describe, expect, test } from 'vitest';
import type { AttentionChoice } from '../../src/domain/attention.js';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import {
  cancelOrderUpdate,
  refusedType,
  resolveAttentionUpdate,
  timelineQuery,
} from '../../src/workflows/messages.js';
import { decide, itemsOf, openItem } from '../support/attention-items.js';
import {
  endOf,
  waitForCall,
  waitForState,
  timesAsked,
  useOrderDesk,
  type PlacedOrder,
} from '../support/order-desk.js';
import { noSecondChances, report } from '../support/order-worker.js';
import { deliver, waitForFact, undosIn } from '../support/parcels.js';
import { fails, gate } from '../support/world.js';

const desk = useOrderDesk();

const refused = (message: RegExp) => ({
  cause: { type: refusedType, message: expect.stringMatching(message) as unknown },
});

const recorded = ({ handle, world }: PlacedOrder, type: string) =>
  (world.timelines.get(handle.workflowId) ?? []).filter((fact) => fact.type === type);

describe.concurrent('an undo that fails for ever', () => {
  const stuck = async () => {
    const order = await desk.place(
      { serviceLevel: { ...noSecondChances, undoMs: 100 } },
      (world) => {
        world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
        world.always('voidAuthorization', fails(new ProviderRefused('locked')));
      },
    );
    return { order, item: await openItem(order, 'undo_stuck') };
  };

  test('holds its order open', async () => {
    const { order, item } = await stuck();
    await waitForState(order.handle, {
      status: 'compensating',
      stage: 'undo',
      needsAttention: true,
    });
    expect(item).toMatchObject({
      subject: 'voidAuthorization',
      exposure: money(1_780, 'EUR'),
      choices: ['retry', 'mark_done', 'waive'],
    });
    await decide(order, item, 'waive');
    await endOf(order);
  });

  test('is done once more when a person says so', async () => {
    const { order, item } = await stuck();
    order.world.usual('voidAuthorization');
    await decide(order, item, 'retry', 'mia');
    expect(await endOf(order)).toMatchObject({
      status: 'rejected',
      paymentStatus: 'voided',
      needsAttention: false,
    });
    expect(recorded(order, 'payment.voided')).toHaveLength(1);
    expect(recorded(order, 'attention.resolved')).toMatchObject([{ by: 'mia', choice: 'retry' }]);
  });

  test('calls for a person again when it fails once more', async () => {
    const { order, item } = await stuck();
    await decide(order, item, 'retry');
    const next = await openItem(order, 'undo_stuck', 1);
    await decide(order, next, 'mark_done');
    expect(await endOf(order)).toMatchObject({ status: 'rejected', needsAttention: false });
  });

  test.each([
    ['mark_done', 'marked_done'],
    ['waive', 'waived'],
  ] as const)(
    'is left when a person says %s, who stands in the timeline',
    async (choice, result) => {
      const { order, item } = await stuck();
      await decide(order, item, choice, 'noah');
      expect(await endOf(order)).toMatchObject({ status: 'rejected', needsAttention: false });
      expect(recorded(order, 'undo.settled')).toContainEqual(
        expect.objectContaining({ undo: 'voidAuthorization', result }),
      );
      expect(recorded(order, 'attention.resolved')).toMatchObject([
        { by: 'noah', choice, note: 'seen to' },
      ]);
      // An attempt that was under way when the person decided may come to its end after the others.
      expect(undosIn(order.world)).toContain('releaseInventory');
      expect(timesAsked(order, 'releaseInventory')).toBe(1);
    },
  );

  test('can be settled by a person in an order that Temporal was told to cancel', async () => {
    const order = await desk.place(
      { serviceLevel: { ...standardServiceLevel, undoMs: 100 } },
      (world) => {
        world.always('refundPayment', fails(new ProviderRefused('locked')));
      },
    );
    await waitForState(order.handle, { stage: 'hand_over' });
    await order.handle.cancel();
    await decide(order, await openItem(order, 'undo_stuck'), 'waive');
    await expect(order.handle.result()).rejects.toMatchObject({
      cause: { name: 'CancelledFailure' },
    });
    expect(recorded(order, 'order.cancelled')).toHaveLength(1);
  });

  test('counts once, though two attempts of it end well', async () => {
    const [first, next] = [gate<undefined>(), gate<undefined>()];
    const order = await desk.place(
      { serviceLevel: { ...standardServiceLevel, undoMs: 100 } },
      (world) => {
        world.script('refundPayment', first.wait, next.wait);
      },
    );
    await waitForState(order.handle, { stage: 'hand_over' });
    const cancelled = await order.handle.startUpdate(cancelOrderUpdate, {
      args: [{ requestedBy: 'buyer', reason: 'changed my mind' }],
      waitForStage: 'ACCEPTED',
    });
    await decide(order, await openItem(order, 'undo_stuck'), 'retry');
    await waitForCall(order.world, 'refundPayment', 2);
    first.open(undefined);
    next.open(undefined);
    expect(await cancelled.result()).toMatchObject({ paymentStatus: 'refunded' });
    const timeline = await order.handle.query(timelineQuery);
    expect(timeline.filter(({ type }) => type === 'payment.refunded')).toHaveLength(1);
  });
});

describe.concurrent('an item that needs attention', () => {
  const serviceLevel = { ...standardServiceLevel, handOver: { warnMs: 50, escalateMs: 100 } };
  const late = async () => {
    const order = await desk.place({ serviceLevel });
    return { order, item: await openItem(order, 'not_handed_over') };
  };

  test('hears a person who decides twice once', async () => {
    const { order, item } = await late();
    await Promise.all([decide(order, item, 'wait', 'mia'), decide(order, item, 'wait', 'mia')]);
    expect(await decide(order, item, 'wait', 'mia')).toMatchObject({ needsAttention: false });
    expect(recorded(order, 'attention.resolved')).toHaveLength(1);
  });

  test('follows the first of two people, and tells the second one who that was', async () => {
    const { order, item } = await late();
    const people = ['mia', 'noah'];
    const answers = await Promise.allSettled(people.map((by) => decide(order, item, 'wait', by)));
    const winner = people[answers.findIndex(({ status }) => status === 'fulfilled')] ?? 'nobody';
    const losers = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    expect(losers).toMatchObject([refused(new RegExp(`^${winner} has decided already: wait`))]);
    expect(recorded(order, 'attention.resolved')).toMatchObject([{ by: winner }]);
  });

  test('refuses a choice that it does not offer', async () => {
    const { order, item } = await late();
    await expect(decide(order, item, 'waive')).rejects.toMatchObject(
      refused(/^waive is no choice for not_handed_over/),
    );
    expect(recorded(order, 'attention.resolved')).toEqual([]);
  });

  test('is not decided about where there is none', async () => {
    const { order } = await late();
    const args = { attentionId: 'att_00000000000000000000000000', by: 'mia', note: '' } as const;
    await expect(
      order.handle.executeUpdate(resolveAttentionUpdate, { args: [{ ...args, choice: 'wait' }] }),
    ).rejects.toMatchObject(refused(/^There is no item att_0+/));
  });

  test('takes no decision once it needs nobody any more', async () => {
    const { order, item } = await late();
    await report(order.handle, 'handed_over');
    await waitForState(order.handle, { stage: 'delivery', needsAttention: false });
    await expect(decide(order, item, 'wait')).rejects.toMatchObject(
      refused(/^It needs nobody any more/),
    );
    expect(recorded(order, 'attention.resolved')).toEqual([
      expect.not.objectContaining({ by: 'ann' }),
    ]);
  });
});

describe.concurrent('a side step that failed', () => {
  const failed = async () => {
    const order = await desk.place({}, (world) => {
      world.always('order_confirmation', fails(new ProviderRefused('no such mailbox')));
    });
    return { order, item: await openItem(order, 'side_step_failed') };
  };

  test('is tried again when a person says so', async () => {
    const { order, item } = await failed();
    expect(item.subject).toBe('sendOrderConfirmation');
    order.world.usual('order_confirmation');
    await decide(order, item, 'retry');
    await waitForFact(order, 'confirmation.sent');
    await deliver(order, 0);
    expect(await endOf(order)).toMatchObject({ status: 'delivered', needsAttention: false });
  });

  test('calls for a person again when it fails once more', async () => {
    const { order, item } = await failed();
    await decide(order, item, 'retry');
    await openItem(order, 'side_step_failed', 1);
    expect(itemsOf(order, 'side_step_failed')).toHaveLength(2);
  });

  test.each<AttentionChoice>(['mark_done', 'waive'])(
    'is left when a person says %s',
    async (choice) => {
      const { order, item } = await failed();
      await decide(order, item, choice);
      await deliver(order, 0);
      expect(await endOf(order)).toMatchObject({ status: 'delivered', needsAttention: false });
      expect(timesAsked(order, 'order_confirmation')).toBe(1);
    },
  );
});
