import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { builtScript } from '../../../src/up/repository.js';

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

/** @returns the states of all runs there are, by workflow */
export async function runsOf(client: Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const runs = new Map<string, string[]>();
  for await (const { workflowId, status } of client.workflow.list()) {
    runs.set(workflowId, [...(runs.get(workflowId) ?? []), status.name]);
  }
  return runs;
}
