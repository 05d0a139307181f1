import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedEnvironment } from '../support/environment.js';
import { orderWorker, workflowBundlePath } from '../support/order-worker.js';
import { waitFor } from '../support/wait-for.js';
import { World } from '../support/world.js';
import { endings } from './endings/index.js';
import { recordedHistories } from './histories.js';

/**
 * How a workflow is changed while orders are open, from the first deployment to the last: the recipe
 * of docs/runbook.md. The change, a pause before everything else, is in the folder `patched`.
 */
const today = { codePath: workflowBundlePath };
let unguarded: WorkflowBundleWithSourceMap;
let guarded: WorkflowBundleWithSourceMap;
let deprecated: WorkflowBundleWithSourceMap;
let environment: TestWorkflowEnvironment;

const bundle = (name: string): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`./patched/${name}.ts`, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });

beforeAll(async () => {
  environment = await sharedEnvironment();
  unguarded = await bundle('unguarded');
  guarded = await bundle('guarded');
  deprecated = await bundle('deprecated');
});
afterAll(() => environment.teardown());

const openOrders = (await recordedHistories())
  .filter(({ workflowType }) => workflowType === 'order')
  .map(({ name, history }) => ({ workflowId: name, history }));

type Code = NonNullable<Parameters<typeof Worker.runReplayHistories>[0]['workflowBundle']>;

/** The orders that do not go on under this code, each with the reason. */
async function strandedBy(code: Code, orders: typeof openOrders): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: code }, orders)) {
    if (error !== undefined) errors.push(error);
  }
  return errors;
}

/** The history of an order that begins and ends under this code. */
async function orderUnder(code: Code): Promise<(typeof openOrders)[number]> {
  const { worker, start } = await orderWorker(environment, new World(), code);
  return worker.runUntil(async () => {
    const handle = await start();
    await endings['delivered']?.act?.(handle);
    await handle.result();
    return { workflowId: handle.workflowId, history: await handle.fetchHistory() };
  });
}

describe('a change of the order’s commands', () => {
  test('strands every open order when nothing guards it', async () => {
    const errors = await strandedBy(unguarded, openOrders);
    expect(errors).toHaveLength(openOrders.length);
    for (const error of errors) expect(error).toBeInstanceOf(DeterminismViolationError);
  });

  test('strands none of them behind `patched`', async () => {
    expect(await strandedBy(guarded, openOrders)).toEqual([]);
  });

  test('holds for an order that begins behind `patched`, so that there is no way back', async () => {
    const begun = await orderUnder(guarded);
    expect(await strandedBy(guarded, [begun])).toEqual([]);
    expect(await strandedBy(today, [begun])).toHaveLength(1);
  });

  test('can lose its old branch when this search finds no order any more', async () => {
    const ofOldBranch = "(TemporalChangeVersion IS NULL OR TemporalChangeVersion != 'pause-first')";
    const [old, begun] = [await orderUnder(today), await orderUnder(guarded)];
    const found = async ({ workflowId }: typeof old, query: string) => {
      const { count } = await environment.client.workflow.count(
        `WorkflowType = 'order' AND WorkflowId = '${workflowId}' ${query}`,
      );
      return count;
    };
    await waitFor('both orders in the visibility store', async () => {
      expect(await found(old, '')).toBe(1);
      expect(await found(begun, '')).toBe(1);
    });
    expect(await found(old, `AND ${ofOldBranch}`)).toBe(1);
    expect(await found(begun, `AND ${ofOldBranch}`)).toBe(0);
  });

  test('loses its old branch by `deprecatePatch`, and a version later the call', async () => {
    const begun = await orderUnder(guarded);
    expect(await strandedBy(deprecated, [begun])).toEqual([]);
    expect(await strandedBy(unguarded, [begun])).toHaveLength(1);
    const later = await orderUnder(deprecated);
    expect(await strandedBy(unguarded, [later])).toEqual([]);
  });
});
