import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('./histories/', import.meta.url);

export const historyFile = (name: string): string => fileURLToPath(new URL(`${name}.json`, folder));

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
  const names = (await readdir(folder)).map((file) => file.replace('.json', '')).sort();
  return Promise.all(names.map(historyOf));
}

async function historyOf(name: string): Promise<RecordedHistory> {
  const history = JSON.parse(await readFile(historyFile(name), 'utf8')) as History;
  const started = history.events[0]?.workflowExecutionStartedEventAttributes;
  return { name, history, workflowType: started?.workflowType.name ?? 'unknown' };
}
