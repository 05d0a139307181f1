import { expect, test, vi } from 'vitest';
import { isAskedFor, reaches, soon, useOrderDesk } from '../support/order-desk.js';
import { deliver } from '../support/parcels.js';
import { holdUp } from '../support/saga-steps.js';
import { gate } from '../support/world.js';

const desk = useOrderDesk();

test('what a task wrote that was lost does not keep the row from what the order knows', async () => {
  const held = gate<undefined>();
  const order = await desk.place({}, holdUp('capturePayment', held));
  const { rows } = order.world;
  const id = order.handle.workflowId;
  await isAskedFor(order.world, 'capturePayment', 2);
  const known = rows.get(id)!;
  const lost = {
    ...known.state,
    status: 'rejected',
    paymentStatus: 'none',
    stage: 'done',
  } as const;
  rows.set(id, { revision: known.revision + 4, state: lost });
  held.open(undefined);

  await reaches(order.handle, { stage: 'hand_over' });
  const paid = { status: 'confirmed', stage: 'hand_over', paymentStatus: 'captured' };
  await vi.waitFor(() => {
    expect(rows.get(id)?.state).toMatchObject(paid);
  }, soon);
  await deliver(order, 0);
  await order.handle.result();
  expect(rows.get(id)?.state).toMatchObject({ status: 'delivered', stage: 'done' });
});
