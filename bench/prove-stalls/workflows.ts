import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { getJson } from '../../src/up/json-client.js';
import { builtScript } from '../../src/up/folders.js';
import { waitFor } from '../../src/runtime/deadline.js';
import { statusQuery } from '../../src/workflows/messages.js';
import { closedLoop } from '../harness/load.js';

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
  const replays = Worker.runReplayHistories({ workflowBundle: bundle }, histories);
  for await (const { workflowId, error } of replays) {
    // The core's own sentence, where there is one: around it is the same in all of them.
    const [words = error?.message] = /\[TMPRL\d+\][^"\\]*/.exec(error?.message ?? '') ?? [];
    if (words !== undefined) failed.set(workflowId, words);
  }
  return failed;
}

async function* historiesOf(client: Client, workflowIds: readonly string[]) {
  for (const workflowId of workflowIds) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    yield { workflowId, history };
  }
}

export interface Runs {
  readonly count: number;
  readonly state: string;
}

/** What an order does after its end, such as mails and points, has ended by then. */
const closeLimitMs = 90_000;
const atOnce = 8;

/**
 * Waits until the workflows of ended orders have completed, each for a while.
 * @returns the runs that Temporal knows, by order
 */
export const runsOf = (
  client: Client,
  orders: readonly { readonly id: string; readonly isEnded: boolean }[],
): Promise<ReadonlyMap<string, Runs>> =>
  forEach(orders, async ({ id, isEnded }) => {
    let state = 'unknown';
    const look = async (): Promise<boolean> => {
      ({ name: state } = (await client.workflow.getHandle(id).describe()).status);
      return !isEnded || state !== 'RUNNING';
    };
    const closing = waitFor(look, { what: 'a workflow to close', limitMs: closeLimitMs });
    await closing.catch(() => undefined);
    const { count } = await client.workflow.count(`WorkflowId = '${id}'`);
    return [id, { count, state }];
  });

/** An order's status as the API and the workflow answer it; a text in brackets is no answer. */
export interface Statuses {
  readonly api: string;
  readonly workflow: string;
}

/** A workflow that cannot be replayed never answers. */
const queryLimitMs = 5_000;

const orderAnswer = z.object({ status: z.string() });

export const statusesOf = (
  { apiUrl, client }: { readonly apiUrl: string; readonly client: Client },
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, Statuses>> =>
  forEach(orderIds, async (orderId) => {
    const ask = () => client.workflow.getHandle(orderId).query(statusQuery);
    const asked = client.withDeadline(Date.now() + queryLimitMs, ask);
    const [api, workflow] = await Promise.all([
      getJson(`${apiUrl}/v1/orders/${orderId}`).then((body) => orderAnswer.parse(body).status),
      asked.then(({ status }) => status, noAnswer),
    ]);
    return [orderId, { api, workflow }];
  });

const noAnswer = (error: unknown): string =>
  `(no answer: ${error instanceof Error ? error.message : String(error)})`;

const forEach = async <Item, Value>(
  items: readonly Item[],
  look: (item: Item) => Promise<readonly [string, Value]>,
): Promise<ReadonlyMap<string, Value>> =>
  new Map(await closedLoop(items.length, atOnce, (index) => look(items[index]!)));
