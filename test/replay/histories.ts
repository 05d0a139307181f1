import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('./histories/', import.meta.url);

export const historyFile = (name: string): string => fileURLToPath(new URL(`${name}.json`, folder));

export interface RecordedHistory {
  readonly name: string;
  readonly history: unknown;
}

/** Every history in the corpus, with the name of its ending. */
export async function recordedHistories(): Promise<readonly RecordedHistory[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace('.json', ''),
      history: JSON.parse(await readFile(new URL(file, folder), 'utf8')) as unknown,
    })),
  );
}
