import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { cancelSignal } from '../../src/workflows/messages.js';
import { decide, openItem } from '../support/attention-items.js';
import { isAskedFor, useOrderDesk } from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import { amountsOf, happens } from '../support/parcels.js';
import { fails, gate, type World } from '../support/world.js';

const desk = useOrderDesk();

const isGone = (world: World) => {
  world.always('voidLabel', () => ({ kind: 'too_late' }));
};

describe.concurrent('a parcel that has left', () => {
  test('when its order was cancelled a moment before, in the same task, is written off', async () => {
    // The points' quick try keeps the workflow's task open until both have come.
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      isGone(world);
      world.script('awardPoints', held.wait);
    });
    await isAskedFor(order.world, 'awardPoints');
    await happens(order, 'payment.captured');
    await order.handle.signal(cancelSignal);
    await report(order.handle, 'handed_over');
    held.open(undefined);
    await decide(order, await openItem(order, 'parcel_already_gone'), 'mark_done');
    expect(await order.handle.result()).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
    });
    const facts = order.world.facts(order.handle.workflowId);
    expect(facts).toContain('inventory.written_off');
    expect(facts).not.toContain('shipment.handed_over');
  });

  test('before it was paid for, and never is, is written off, and its order fails', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      isGone(world);
      const refused = fails(new ProviderRefused('the account is locked'));
      world.script('capturePayment', () => held.wait().then(refused));
    });
    await isAskedFor(order.world, 'capturePayment');
    await report(order.handle, 'handed_over');
    held.open(undefined);
    await decide(order, await openItem(order, 'parcel_already_gone'), 'mark_done');
    expect(await order.handle.result()).toMatchObject({ status: 'failed', stage: 'done' });
    expect(amountsOf(order, 'payment.captured')).toEqual([]);
  });
});
