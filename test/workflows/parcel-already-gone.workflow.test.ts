import { expect, test } from 'vitest';
import { cancelSignal } from '../../src/workflows/messages.js';
import { decide, openItem } from '../support/attention-items.js';
import { isAskedFor, reaches, useOrderDesk } from '../support/order-desk.js';
import { everyUndo } from '../support/world.js';

const desk = useOrderDesk();

test('a person who has to fetch a parcel holds up the end of its order, and no undo', async () => {
  const order = await desk.place({}, (world) => {
    world.always('voidLabel', () => ({ kind: 'too_late' }));
  });
  const { handle, world } = order;
  await reaches(handle, { stage: 'hand_over' });
  await handle.signal(cancelSignal);
  const item = await openItem(order, 'parcel_already_gone');
  await isAskedFor(world, 'releaseInventory');
  const undone = everyUndo.filter((undo) => undo !== 'voidAuthorization');
  expect(world.calls.filter((call) => everyUndo.includes(call))).toEqual(undone);
  await reaches(handle, { status: 'compensating', needsAttention: true });
  await decide(order, item, 'mark_done');
  expect(await handle.result()).toMatchObject({ status: 'cancelled', needsAttention: false });
});
