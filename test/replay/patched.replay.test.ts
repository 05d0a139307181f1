import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedEnvironment } from '../support/environment.js';
import { waitFor } from '../support/wait-for.js';
import { failedReplays, recordedHistories, type RecordedHistory } from './histories.js';
import { OrderWorker, workflowBundlePath } from '../support/order-worker.js';

/**
 * How a workflow is changed while orders are open, from the first deployment to the last: the recipe
 * of docs/runbook.md. The change, a pause before everything else, is in the folder `patched`.
 */
const today: WorkflowBundleOption = { codePath: workflowBundlePath };
let unguarded: WorkflowBundleOption;
let guarded: WorkflowBundleOption;
let deprecated: WorkflowBundleOption;
let environment: TestWorkflowEnvironment;

type Order = Pick<RecordedHistory, 'name' | 'history'>;
/** Orders that began under the code of today, and under the guarded change. */
let [old, begun]: Order[] = [];

beforeAll(async () => {
  environment = await sharedEnvironment();
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./patched/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const deploy = (name: string) => ({ code: `var deployment = '${name}';\n${code}` });
  unguarded = deploy('unguarded');
  guarded = deploy('guarded');
  deprecated = deploy('deprecated');
  [old, begun] = await Promise.all([orderUnder(today), orderUnder(guarded)]);
});
afterAll(() => environment.teardown());

/** The change comes before everything else, so a few endings show what it does to all. */
const openOrders = (await recordedHistories())
  .filter(({ workflowType }) => workflowType === 'order')
  .filter((_, index) => index % 8 === 0);

/** The history of an order that begins and ends under this code. */
async function orderUnder(code: WorkflowBundleOption): Promise<Order> {
  const orders = new OrderWorker(environment, code);
  await orders.open();
  const order = await orders.place();
  await order.deliver(0);
  await order.end();
  const history = await order.handle.fetchHistory();
  await orders.close();
  return { name: order.id, history };
}

test('a change of the order’s commands strands every open order when nothing guards it', async () => {
  const failed = await failedReplays(unguarded, openOrders);
  expect(failed).toHaveLength(openOrders.length);
  for (const { error } of failed) expect(error).toBeInstanceOf(DeterminismViolationError);
});

test('a change of the order’s commands behind `patched` strands no open order', async () => {
  expect(await failedReplays(guarded, openOrders)).toEqual([]);
});

test('an order that began behind `patched` cannot go on under the code before it', async () => {
  expect(await failedReplays(guarded, [begun!])).toEqual([]);
  expect(await failedReplays(today, [begun!])).toHaveLength(1);
});

test('a search in Temporal finds the orders that still need the old branch', async () => {
  const ofOldBranch = "(TemporalChangeVersion IS NULL OR TemporalChangeVersion != 'pause-first')";
  const found = async ({ name }: Order, query = '') => {
    const search = `WorkflowType = 'order' AND WorkflowId = '${name}' ${query}`;
    return (await environment.client.workflow.count(search)).count;
  };
  await waitFor('both orders in the search', async () => {
    expect([await found(old!), await found(begun!)]).toEqual([1, 1]);
  });
  expect(await found(old!, `AND ${ofOldBranch}`)).toBe(1);
  expect(await found(begun!, `AND ${ofOldBranch}`)).toBe(0);
});

test('the old branch goes by `deprecatePatch`, and the call goes one version later', async () => {
  expect(await failedReplays(deprecated, [begun!])).toEqual([]);
  expect(await failedReplays(unguarded, [begun!])).toHaveLength(1);
  const later = await orderUnder(deprecated);
  expect(await failedReplays(unguarded, [later])).toEqual([]);
});
