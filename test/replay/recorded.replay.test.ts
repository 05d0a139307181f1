import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { quieten } from '../support/environment.js';
import { endings, returnEndings } from './endings/index.js';
import { endingOfPath } from './endings/paths.js';
import { failedReplays, recordedHistories } from './histories.js';
import { workflowBundlePath } from '../support/order-worker.js';

quieten();
const histories = await recordedHistories();
const pathsPage = await readFile(new URL('../../docs/paths.md', import.meta.url), 'utf8');

test('there is a recorded history of every ending, and no other', () => {
  const names = Object.keys({ ...endings, ...returnEndings });
  expect(histories.map(({ name }) => name)).toEqual(names.sort());
});

test('every path of docs/paths.md that a workflow leads has its ending', () => {
  const paths = [...pathsPage.matchAll(/^### (\S+)$/gm)].map(([, path]) => path);
  expect(Object.keys(endingOfPath)).toEqual(paths);
  const names = Object.values(endingOfPath).filter((name) => name !== null);
  expect(Object.keys({ ...endings, ...returnEndings })).toEqual(expect.arrayContaining(names));
});

test('every recorded history replays under the code of today', async () => {
  const failed = await failedReplays({ codePath: workflowBundlePath }, histories);
  expect(failed.map(({ name, error }) => `${name}: ${String(error)}`)).toEqual([]);
});
