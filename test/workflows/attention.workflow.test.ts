import { standardServiceLevel } from '../../src/domain/service-level.js';
import { resolveAttentionUpdate, timelineQuery } from '../../src/workflows/messages.js';
import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { refusedType } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import { useOrderWorker, noSecondChances } from '../support/order-worker.js';
import { refusesLabel } from '../support/scripts.js';

const orders = useOrderWorker();

const refused = (message: RegExp) => ({
  cause: { type: refusedType, message: expect.stringMatching(message) as unknown },
});

describe.concurrent('an undo that fails for ever', () => {
  const stuck = async () => {
    const order = await orders.place(
      { serviceLevel: { ...noSecondChances, undoMs: 500 } },
      (fakes) => {
        fakes.always('createShipment', refusesLabel);
        fakes.always('voidAuthorization', fails(new ProviderRefused('locked')));
      },
    );
    return { order, item: await order.openItem('undo_stuck') };
  };

  test('holds its order open', async () => {
    const { order, item } = await stuck();
    await order.waitForState({
      status: 'compensating',
      stage: 'undo',
      needsAttention: true,
    });
    expect(item).toMatchObject({
      subject: 'voidAuthorization',
      exposure: money(1_780, 'EUR'),
      choices: ['retry', 'mark_done', 'waive'],
    });
    await order.decide(item, 'waive');
    await order.end();
  });

  test('goes on by itself, and closes its item when it succeeds at last', async () => {
    const order = await orders.place(
      { serviceLevel: { ...noSecondChances, undoMs: 500 } },
      (fakes) => {
        fakes.always('createShipment', refusesLabel);
        fakes.always('voidAuthorization', fails(new Error('down')));
      },
    );
    await order.openItem('undo_stuck');
    order.fakes.usual('voidAuthorization');
    expect(await order.end()).toMatchObject({ status: 'rejected', needsAttention: false });
    expect(order.recorded('attention.resolved')).toHaveLength(1);
  });

  test('is done once more when a person says so', async () => {
    const { order, item } = await stuck();
    order.fakes.usual('voidAuthorization');
    await order.decide(item, 'retry', 'mia');
    expect(await order.end()).toMatchObject({
      status: 'rejected',
      paymentStatus: 'voided',
      needsAttention: false,
    });
    expect(order.recorded('payment.voided')).toHaveLength(1);
    expect(order.recorded('attention.resolved')).toMatchObject([{ by: 'mia', choice: 'retry' }]);
  });

  test('calls for a person again when it fails once more', async () => {
    const { order, item } = await stuck();
    await order.decide(item, 'retry');
    const next = await order.openItem('undo_stuck', 1);
    await order.decide(next, 'mark_done');
    expect(await order.end()).toMatchObject({ status: 'rejected', needsAttention: false });
  });

  test.each([
    ['mark_done', 'marked_done'],
    ['waive', 'waived'],
  ] as const)(
    'is left when a person says %s, who stands in the timeline',
    async (choice, result) => {
      const { order, item } = await stuck();
      await order.decide(item, choice, 'noah');
      expect(await order.end()).toMatchObject({ status: 'rejected', needsAttention: false });
      expect(order.recorded('undo.settled')).toContainEqual(
        expect.objectContaining({ undo: 'voidAuthorization', result }),
      );
      expect(order.recorded('attention.resolved')).toMatchObject([
        { by: 'noah', choice, note: 'seen to' },
      ]);
      // An attempt that was under way when the person decided may come to its end after the others.
      expect(order.fakes.undos).toContain('releaseInventory');
      expect(order.fakes.times('releaseInventory')).toBe(1);
    },
  );

  test('can be settled by a person in an order that Temporal was told to cancel', async () => {
    const order = await orders.place(
      { serviceLevel: { ...standardServiceLevel, undoMs: 500 } },
      (fakes) => {
        fakes.always('refundPayment', fails(new ProviderRefused('locked')));
      },
    );
    await order.waitForHandOver();
    await order.handle.cancel();
    await order.decide(await order.openItem('undo_stuck'), 'waive');
    await expect(order.handle.result()).rejects.toMatchObject({
      cause: { name: 'CancelledFailure' },
    });
    expect(order.recorded('order.cancelled')).toHaveLength(1);
  });

  test('counts once, though two attempts of it end well', async () => {
    const [first, next] = [gate<undefined>(), gate<undefined>()];
    const order = await orders.place(
      { serviceLevel: { ...standardServiceLevel, undoMs: 500 } },
      (fakes) => {
        fakes.script('refundPayment', first.wait, next.wait);
      },
    );
    await order.waitForHandOver();
    const cancelled = await order.startCancel();
    await order.decide(await order.openItem('undo_stuck'), 'retry');
    await order.fakes.waitForCall('refundPayment', 2);
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
    const order = await orders.place({ serviceLevel });
    return { order, item: await order.openItem('not_handed_over') };
  };

  test('hears a person who decides twice once', async () => {
    const { order, item } = await late();
    await Promise.all([order.decide(item, 'wait', 'mia'), order.decide(item, 'wait', 'mia')]);
    expect(await order.decide(item, 'wait', 'mia')).toMatchObject({ needsAttention: false });
    expect(order.recorded('attention.resolved')).toHaveLength(1);
  });

  test('follows the first of two people, and tells the second one who that was', async () => {
    const { order, item } = await late();
    const people = ['mia', 'noah'];
    const answers = await Promise.allSettled(people.map((by) => order.decide(item, 'wait', by)));
    const winner = people[answers.findIndex(({ status }) => status === 'fulfilled')] ?? 'nobody';
    const losers = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    expect(losers).toMatchObject([refused(new RegExp(`^${winner} has decided already: wait`))]);
    expect(order.recorded('attention.resolved')).toMatchObject([{ by: winner }]);
  });

  test('refuses a choice that it does not offer', async () => {
    const { order, item } = await late();
    await expect(order.decide(item, 'waive')).rejects.toMatchObject(
      refused(/^waive is no choice for not_handed_over/),
    );
    expect(order.recorded('attention.resolved')).toEqual([]);
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
    await order.report('handed_over');
    await order.waitForState({ stage: 'delivery', needsAttention: false });
    await expect(order.decide(item, 'wait')).rejects.toMatchObject(
      refused(/^It needs nobody any more/),
    );
    expect(order.recorded('attention.resolved')).toEqual([
      expect.not.objectContaining({ by: 'ann' }),
    ]);
  });
});
