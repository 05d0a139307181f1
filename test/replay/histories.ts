import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('./histories/', import.meta.url);

/**
 * Each version of the order has a folder; those of past versions are never recorded again. Orders in
 * `heard-by-timer` put on record by a timer what was said. In `found` are histories that once did not
 * replay, met by the property test.
 */
const versions = ['first', 'heard-by-timer', 'second', 'found'] as const;

export const historyFile = (name: string): string =>
  fileURLToPath(new URL(`second/${name}.json`, folder));

export interface RecordedHistory {
  readonly name: string;
  readonly history: unknown;
}

/** Every history in the corpus, with the name of its ending. */
export async function recordedHistories(): Promise<readonly RecordedHistory[]> {
  const byVersion = await Promise.all(versions.map(historiesOf));
  return byVersion.flat();
}

async function historiesOf(version: string): Promise<readonly RecordedHistory[]> {
  const files = await readdir(new URL(`${version}/`, folder));
  return Promise.all(
    files
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map(async (file) => ({
        name: `${version}/${file.replace('.json', '')}`,
        history: JSON.parse(
          await readFile(new URL(`${version}/${file}`, folder), 'utf8'),
        ) as unknown,
      })),
  );
}
