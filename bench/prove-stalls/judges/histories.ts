import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { builtScript } from '../../../src/up/repository.js';
import { waitFor } from '../../../src/runtime/deadline.js';
import { closedLoop } from '../../load.js';

const bundle = { codePath: builtScript('workflow-bundle.js') };

/**
 * Replays the histories as they stand with the workflow code of the build.
 * @returns why, for each workflow whose history does not replay
 */
export async function failedReplays(
  client: Client,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  const histories = historiesOf(client, workflowIds);
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: bundle },
    histories,
  )) {
    if (error !== undefined) failed.set(workflowId, shortened(error.message));
  }
  return failed;
}

/** The core's own sentence, where there is one: around it is the same in all of them. */
const shortened = (message: string): string => /\[TMPRL\d+\][^"\\]*/.exec(message)?.[0] ?? message;

async function* historiesOf(client: Client, workflowIds: readonly string[]) {
  for (const workflowId of workflowIds) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    yield { workflowId, history };
  }
}

/** The runs of one order's workflow. */
export interface Runs {
  readonly count: number;
  /** Of the newest one. */
  readonly state: string;
}

/** What an order does after its end is over by then: mails, points, the rest of its handlers. */
const closeLimitMs = 90_000;
const atOnce = 8;

/**
 * Waits until the workflows of ended orders have completed, each for a while.
 * @returns the runs that Temporal knows, by order
 */
export async function runsOf(
  client: Client,
  orders: readonly { readonly orderId: string; readonly isEnded: boolean }[],
): Promise<ReadonlyMap<string, Runs>> {
  const found = await closedLoop(orders.length, atOnce, async (index) => {
    const { orderId, isEnded } = orders[index]!;
    const state = await stateOf(client, orderId, isEnded);
    const { count } = await client.workflow.count(`WorkflowId = '${orderId}'`);
    return [orderId, { count, state }] as const;
  });
  return new Map(found);
}

async function stateOf(client: Client, orderId: string, isEnded: boolean): Promise<string> {
  let state = 'unknown';
  const look = async (): Promise<boolean> => {
    ({ name: state } = (await client.workflow.getHandle(orderId).describe()).status);
    return !isEnded || state !== 'RUNNING';
  };
  await waitFor(look, { what: 'a workflow to close', limitMs: closeLimitMs }).catch(
    () => undefined,
  );
  return state;
}
