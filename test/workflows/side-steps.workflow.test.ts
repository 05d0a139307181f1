import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { sharedEnvironment } from '../support/environment.js';
import { waitForCall } from '../support/order-desk.js';
import { noSecondChances, orderWorker, report } from '../support/order-worker.js';
import { waitFor } from '../support/wait-for.js';
import { fails, World } from '../support/world.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

async function delivered(world: World, member = true) {
  const { worker, start } = await orderWorker(environment, world);
  return worker.runUntil(async () => {
    const handle = await start({ member });
    await report(handle, 'handed_over');
    await report(handle, 'delivered');
    const summary = await handle.result();
    return { summary, facts: world.facts(handle.workflowId) };
  });
}

test.each(['order_confirmation', 'seller_notice', 'assignDeliveryPartner', 'awardPoints'])(
  'a %s that fails for good does not stop the order and becomes work for a person',
  async (call) => {
    const world = new World();
    world.always(call, fails(new ProviderRefused('never')));
    const { summary, facts } = await delivered(world);
    expect(summary).toMatchObject({ status: 'delivered', needsAttention: true });
    expect(facts).toContain('attention.raised');
  },
);

test('a mail server that is away for a while does not hold the order up', async () => {
  const world = new World();
  world.script('order_confirmation', fails(new Error('away')), fails(new Error('away')));
  const { summary, facts } = await delivered(world);
  expect(summary).toMatchObject({ status: 'delivered', needsAttention: false });
  expect(facts).toContain('confirmation.sent');
});

test('only members earn points', async () => {
  const world = new World();
  await delivered(world, false);
  expect(world.calls).not.toContain('awardPoints');
});

test('an order that cannot go on waits for its running side steps before it undoes them', async () => {
  const world = new World();
  // Told to stop, it does not listen, and ends well when the undo had time to overtake it.
  world.script('assignDeliveryPartner', async () => {
    const facts = () => [...world.timelines.values()].flat().map(({ type }) => type);
    const isUndone = () => facts().includes('compensation.started');
    await waitFor('the first undo', isUndone, 500).catch(() => undefined);
    return { kind: 'assigned', partnerId: 'dp_1' };
  });
  world.script('createShipment', async () => {
    await waitForCall(world, 'assignDeliveryPartner');
    return { kind: 'refused', reason: 'no_service' };
  });
  const { worker, start } = await orderWorker(environment, world);
  await worker.runUntil(async () => {
    const handle = await start({ serviceLevel: noSecondChances });
    await handle.result();
    const story = [
      'delivery_partner.assigned',
      'compensation.started',
      'delivery_partner.released',
    ];
    const facts = world.facts(handle.workflowId);
    expect(facts.filter((fact) => story.includes(fact))).toEqual(story);
  });
});
