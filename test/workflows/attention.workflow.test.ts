import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { money } from '../../src/domain/money.js';
import { refusedType, timelineQuery } from '../../src/workflows/messages.js';
import { fails, gate } from '../support/fakes.js';
import { hurried, useOrderWorker, noSecondChances } from '../support/order-worker.js';
import { refusesLabel } from '../support/scripts.js';
import { waitFor } from '../support/wait-for.js';

const orders = useOrderWorker();

const refused = (message: RegExp) => ({
  cause: { type: refusedType, message: expect.stringMatching(message) as unknown },
});

describe.concurrent('an undo that keeps failing', () => {
  const stuck = async (error: Error = new ProviderRefused('locked')) => {
    const serviceLevel = { ...noSecondChances, undoMs: 500 };
    const order = await orders.place({ serviceLevel }, (fakes) => {
      fakes.always('createShipment', refusesLabel);
      fakes.always('voidAuthorization', fails(error));
    });
    return { order, item: await order.openItem('undo_stuck') };
  };

  test('goes on by itself, and closes its item when it succeeds at last', async () => {
    const { order } = await stuck(new Error('down'));
    order.fakes.usual('voidAuthorization');
    await order.endsAs('rejected');
    expect(order.recorded('attention.resolved')).toHaveLength(1);
  });

  test('calls for a person again when it fails once more', async () => {
    const { order, item } = await stuck();
    await order.decide(item, 'retry');
    const next = await order.openItem('undo_stuck', 1);
    await order.decide(next, 'mark_done');
    await order.endsAs('rejected');
  });

  test.each([
    ['mark_done', 'marked_done'],
    ['waive', 'waived'],
  ] as const)(
    'holds its order open until a person says %s, who is in the timeline',
    async (choice, result) => {
      const { order, item } = await stuck();
      await order.waitForState({ status: 'compensating', stage: 'undo', needsAttention: true });
      expect(item).toMatchObject({
        subject: 'voidAuthorization',
        exposure: money(1_780, 'EUR'),
        choices: ['retry', 'mark_done', 'waive'],
      });
      await order.decide(item, choice, 'noah');
      await order.endsAs('rejected');
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

  test('can be decided by a person in an order that was cancelled in Temporal', async () => {
    const order = await orders.place(hurried({ undoMs: 500 }), (fakes) => {
      fakes.always('refundPayment', fails(new ProviderRefused('locked')));
    });
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
    const order = await orders.place(hurried({ undoMs: 500 }), (fakes) => {
      fakes.script('refundPayment', first.wait, next.wait);
    });
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
  const late = async () => {
    const order = await orders.place(hurried({ handOver: { warnMs: 50, escalateMs: 100 } }));
    return { order, item: await order.openItem('not_handed_over') };
  };

  test('takes the decision of a person who decides twice once', async () => {
    const { order, item } = await late();
    await Promise.all([order.decide(item, 'wait', 'mia'), order.decide(item, 'wait', 'mia')]);
    expect(await order.decide(item, 'wait', 'mia')).toMatchObject({ needsAttention: false });
    expect(order.recorded('attention.resolved')).toHaveLength(1);
  });

  test('follows the first of two people, and names that one to the second', async () => {
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
});

describe.concurrent('a step beside the main line', () => {
  test('that fails while its server is away does not hold the order up', async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.script('order_confirmation', fails(new Error('away')), fails(new Error('away')));
    });
    await order.isDelivered();
    expect(order.facts).toContain('confirmation.sent');
  });

  test('awards points to members alone', async () => {
    const order = await orders.place({ member: false });
    await order.deliver(0);
    await order.end();
    expect(order.fakes.calls).not.toContain('awardPoints');
  });

  test('is waited for before it is undone, in an order that cannot go on', async () => {
    const order = await orders.place({ serviceLevel: noSecondChances }, (fakes) => {
      const facts = () => [...fakes.timelines.values()].flat().map(({ type }) => type);
      // It does not stop when it is cancelled, and ends well after its undo had time to overtake it.
      fakes.script('assignDeliveryPartner', async () => {
        const isUndone = () => facts().includes('compensation.started');
        await waitFor('the first undo', isUndone, 500).catch(() => undefined);
        return { kind: 'assigned', partnerId: 'dp_1' };
      });
      fakes.script('createShipment', async () => {
        await fakes.waitForCall('assignDeliveryPartner');
        return refusesLabel();
      });
    });
    await order.end();
    const steps = [
      'delivery_partner.assigned',
      'compensation.started',
      'delivery_partner.released',
    ] as const;
    expect(order.recorded(...steps).map(({ type }) => type)).toEqual(steps);
  });

  const failed = async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.always('order_confirmation', fails(new ProviderRefused('no such mailbox')));
    });
    return { order, item: await order.openItem('side_step_failed') };
  };

  test('that failed for good is tried again when a person says so', async () => {
    const { order, item } = await failed();
    expect(item.subject).toBe('sendOrderConfirmation');
    order.fakes.usual('order_confirmation');
    await order.decide(item, 'retry');
    await order.waitForFact('confirmation.sent');
    await order.isDelivered();
  });

  test('that fails once more calls for a person again', async () => {
    const { order, item } = await failed();
    await order.decide(item, 'retry');
    await order.openItem('side_step_failed', 1);
    expect(order.items('side_step_failed')).toHaveLength(2);
  });

  test.each(['mark_done', 'waive'] as const)(
    'that failed for good is left when a person says %s',
    async (choice) => {
      const { order, item } = await failed();
      await order.decide(item, choice);
      await order.isDelivered();
      expect(order.fakes.times('order_confirmation')).toBe(1);
    },
  );
});
