import { describe, expect, test } from 'vitest';
import { waitForCall, waitForState, useOrderDesk } from '../support/order-desk.js';
import { deliver } from '../support/parcels.js';
import { holdUp } from '../support/saga-steps.js';
import { waitFor } from '../support/wait-for.js';
import { gate } from '../support/world.js';

const desk = useOrderDesk();

/** As a reset leaves it: written by steps that the order's new history does not know. */
const ofLaterSteps = { status: 'rejected', paymentStatus: 'none', stage: 'done' } as const;

describe.concurrent('a row that a reset left', () => {
  test.each([
    ['ahead of the order', 4],
    ['behind the order', -1],
  ])('%s is brought up to what the order knows', async (_title, distance) => {
    const held = gate<undefined>();
    const order = await desk.place({}, holdUp('capturePayment', held));
    const { rows } = order.world;
    const id = order.handle.workflowId;
    await waitForCall(order.world, 'capturePayment');
    const known = rows.get(id)!;
    rows.set(id, {
      revision: known.revision + distance,
      state: { ...known.state, ...ofLaterSteps },
    });
    held.open(undefined);

    await waitForState(order.handle, { stage: 'hand_over' });
    const paid = { status: 'confirmed', stage: 'hand_over', paymentStatus: 'captured' };
    await waitFor('a row that says paid', () => {
      expect(rows.get(id)?.state).toMatchObject(paid);
    });
    await deliver(order, 0);
    await order.handle.result();
    expect(rows.get(id)?.state).toMatchObject({ status: 'delivered', stage: 'done' });
  });
});
