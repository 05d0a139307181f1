import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { getJson } from '../../src/up/json-client.js';
import { messageOf } from '../../src/up/part.js';
import { builtScript } from '../../src/up/folders.js';
import { poll } from '../../src/runtime/deadline.js';
import { statusQuery } from '../../src/workflows/messages.js';
import { closedLoop } from '../harness/load.js';

const bundle = { codePath: builtScript('workflow-bundle.js') };

/** @returns why, for each workflow whose history does not replay */
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

/** What an order does after its end, such as mails and points, has ended by then. */
const closeLimitMs = 90_000;
const atOnce = 8;

export const runsOf = (
  client: Client,
  orders: readonly { readonly id: string; readonly isEnded: boolean }[],
) =>
  forEach(orders, async ({ id, isEnded }) => {
    let state = 'unknown';
    const look = async (): Promise<boolean> => {
      ({ name: state } = (await client.workflow.getHandle(id).describe()).status);
      return !isEnded || state !== 'RUNNING';
    };
    await poll(look, { limitMs: closeLimitMs }).catch(() => undefined);
    const { count } = await client.workflow.count(`WorkflowId = '${id}'`);
    return [id, { count, state }];
  });

/** A workflow that cannot be replayed never answers. */
const queryLimitMs = 5_000;

const orderAnswer = z.object({ status: z.string() });

/** An order's status as the API and the workflow answer it; a text in brackets is no answer. */
export const statusesOf = (
  { apiUrl, client }: { readonly apiUrl: string; readonly client: Client },
  orderIds: readonly string[],
) =>
  forEach(orderIds, async (orderId) => {
    const ask = () => client.workflow.getHandle(orderId).query(statusQuery);
    const [api, workflow] = await Promise.all([
      getJson(`${apiUrl}/v1/orders/${orderId}`).then((body) => orderAnswer.parse(body).status),
      client.withDeadline(Date.now() + queryLimitMs, ask).then(
        ({ status }) => status,
        (error: unknown) => `(no answer: ${messageOf(error)})`,
      ),
    ]);
    return [orderId, { api, workflow }];
  });

const forEach = async <Item, Value>(
  items: readonly Item[],
  look: (item: Item) => Promise<readonly [string, Value]>,
): Promise<ReadonlyMap<string, Value>> =>
  new Map(await closedLoop(items.length, atOnce, (index) => look(items[index]!)));
