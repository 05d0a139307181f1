import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProviderRefused } from '../../src/domain/failures.js';
import { undoOf, type StepName } from '../../src/domain/saga.js';
import { sharedEnvironment } from '../support/environment.js';
import { orderWorker } from '../support/order-worker.js';
import { everyUndo, fails, World, type Script } from '../support/world.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

const undoNames = new Set<string | null>(Object.values(undoOf));

/**
 * Whatever step fails for good, all is taken back: a task that died with its worker may have done
 * more than the workflow remembers.
 */
const undosAfter: Readonly<Partial<Record<StepName, readonly string[]>>> = {
  reserveInventory: everyUndo,
  authorizePayment: everyUndo,
  createShipment: everyUndo,
  capturePayment: ['refundPayment', ...everyUndo],
};

async function ending(world: World, dispatch: 'local_first' | 'remote') {
  const { worker, start } = await orderWorker(environment, world);
  return worker.runUntil(async () => {
    const handle = await start({ dispatch });
    const summary = await handle.result();
    const undone = world.calls.filter((call) => undoNames.has(call));
    return { summary, undone, facts: world.facts(handle.workflowId) };
  });
}

describe.each(['local_first', 'remote'] as const)('%s', (dispatch) => {
  test.each(Object.entries(undosAfter))(
    'a %s that fails for good is undone, and all before it, once and in reverse',
    async (step, undos) => {
      const world = new World();
      world.always(step, fails(new ProviderRefused('never')));
      const { summary, undone, facts } = await ending(world, dispatch);
      expect(world.calls.filter((call) => call === step)).toHaveLength(1);
      expect(undone).toEqual(undos);
      expect(summary).toMatchObject({ status: 'failed', fulfillmentStatus: 'none' });
      expect(facts).toContain('cancellation.sent');
    },
  );

  const refusals: readonly [string, StepName, Script, object, readonly string[]][] = [
    [
      'goods that are out of stock leave nothing to undo',
      'reserveInventory',
      () => ({ kind: 'short', lines: [{ sku: 'TEA-100', asked: 2, available: 1 }] }),
      { status: 'rejected', paymentStatus: 'none', fulfillmentStatus: 'none' },
      [],
    ],
    [
      'a declined card releases the stock',
      'authorizePayment',
      () => ({ kind: 'declined', code: 'generic_decline' }),
      { status: 'rejected', paymentStatus: 'declined', fulfillmentStatus: 'none' },
      ['releaseInventory'],
    ],
    [
      'a carrier that refuses voids the authorization and then releases the stock',
      'createShipment',
      () => ({ kind: 'refused', reason: 'ADDRESS.VERIFY.FAILURE' }),
      { status: 'rejected', paymentStatus: 'voided', fulfillmentStatus: 'none' },
      ['revokePoints', 'releaseDeliveryPartner', 'voidAuthorization', 'releaseInventory'],
    ],
    [
      'an authorization that was lost voids the label and releases the stock',
      'capturePayment',
      () => ({ kind: 'authorization_lost' }),
      { status: 'rejected', paymentStatus: 'declined', fulfillmentStatus: 'none' },
      ['voidLabel', 'revokePoints', 'releaseDeliveryPartner', 'releaseInventory'],
    ],
  ];
  test.each(refusals)('%s', async (_title, step, script, state, undos) => {
    const world = new World();
    world.always(step, script);
    const { summary, undone, facts } = await ending(world, dispatch);
    expect(undone).toEqual(undos);
    expect(summary).toMatchObject({ ...state, stage: 'done', needsAttention: false });
    expect(facts.indexOf('order.rejected')).toBeLessThan(facts.indexOf('cancellation.sent'));
  });
});

test('an undo goes on when the undo before it keeps failing for a while', async () => {
  const world = new World();
  world.always('createShipment', () => ({ kind: 'refused', reason: 'no_service' }));
  world.script('voidAuthorization', ...Array.from({ length: 3 }, () => fails(new Error('down'))));
  const { summary, undone } = await ending(world, 'local_first');
  expect(undone.filter((name) => name === 'voidAuthorization')).toHaveLength(4);
  expect(undone.at(-1)).toBe('releaseInventory');
  expect(summary.status).toBe('rejected');
});
