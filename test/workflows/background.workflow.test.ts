import { ProviderRefused } from '../../src/domain/failures.js';
import { waitFor } from '../support/wait-for.js';
import { describe, expect, test } from 'vitest';
import { fails } from '../support/fakes.js';
import { refusesLabel } from '../support/scripts.js';
import { useOrderWorker, noSecondChances } from '../support/order-worker.js';

const orders = useOrderWorker();

describe.concurrent('a step beside the main line', () => {
  test('that fails while its server is away does not hold the order up', async () => {
    const order = await orders.place({}, (fakes) => {
      fakes.script('order_confirmation', fails(new Error('away')), fails(new Error('away')));
    });
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered', needsAttention: false });
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
    await order.deliver(0);
    expect(await order.end()).toMatchObject({ status: 'delivered', needsAttention: false });
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
      await order.deliver(0);
      expect(await order.end()).toMatchObject({ status: 'delivered', needsAttention: false });
      expect(order.fakes.times('order_confirmation')).toBe(1);
    },
  );
});
