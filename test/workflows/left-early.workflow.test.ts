import { describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { decide, openItem } from '../support/attention-items.js';
import { waitForCall, useOrderDesk } from '../support/order-desk.js';
import { report } from '../support/order-worker.js';
import { amountsOf } from '../support/parcels.js';
import { fails, gate, type World } from '../support/world.js';

const desk = useOrderDesk();

const isGone = (world: World) => {
  world.always('voidLabel', () => ({ kind: 'too_late' }));
};

describe.concurrent('a parcel that has left', () => {
  test('before it was paid for, and never is, is written off, and its order fails', async () => {
    const held = gate<undefined>();
    const order = await desk.place({}, (world) => {
      isGone(world);
      const refused = fails(new ProviderRefused('the account is locked'));
      world.script('capturePayment', () => held.wait().then(refused));
    });
    await waitForCall(order.world, 'capturePayment');
    await report(order.handle, 'handed_over');
    held.open(undefined);
    await decide(order, await openItem(order, 'parcel_already_gone'), 'mark_done');
    expect(await order.handle.result()).toMatchObject({ status: 'failed', stage: 'done' });
    expect(amountsOf(order, 'payment.captured')).toEqual([]);
  });
});
