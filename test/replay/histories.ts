import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';

const folder = new URL('./histories/', import.meta.url);

/** Compressed: nobody reads their 5,000 lines in a review. `zcat` shows one, an event on a line. */
export const historyFile = (name: string): URL => new URL(`${name}.json.gz`, folder);

export interface RecordedHistory {
  readonly name: string;
  readonly history: unknown;
  readonly workflowType: string;
}

interface History {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
  }[];
}

/** Every history in the corpus, with the name of its ending. */
export async function recordedHistories(): Promise<readonly RecordedHistory[]> {
  const names = (await readdir(folder)).map((file) => file.replace('.json.gz', '')).sort();
  return Promise.all(names.map(historyOf));
}

async function historyOf(name: string): Promise<RecordedHistory> {
  const json = await promisify(gunzip)(await readFile(historyFile(name)));
  const history = JSON.parse(json.toString()) as History;
  const started = history.events[0]?.workflowExecutionStartedEventAttributes;
  return { name, history, workflowType: started?.workflowType.name ?? 'unknown' };
}

/** The histories that do not replay under this code, each with the reason. */
export async function failedReplays(
  workflowBundle: WorkflowBundleOption,
  histories: readonly Pick<RecordedHistory, 'name' | 'history'>[],
): Promise<readonly { readonly name: string; readonly error: Error }[]> {
  const entries = histories.map(({ name, history }) => ({ workflowId: name, history }));
  const failed: { name: string; error: Error }[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle }, entries)) {
    if (result.error) failed.push({ name: result.workflowId, error: result.error });
  }
  return failed;
}
