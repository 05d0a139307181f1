import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect, test } from 'vitest';
import { quieten } from '../support/environment.js';
import { workflowBundlePath } from '../support/order-worker.js';
import { endings } from './endings/index.js';
import { recordedHistories } from './histories.js';

quieten();
const histories = await recordedHistories();

test('there is a recorded history of every ending', () => {
  expect(histories.map(({ name }) => name)).toEqual(
    expect.arrayContaining(Object.keys(endings).map((name) => `second/${name}`)),
  );
});

test.each(histories)(
  'an order recorded as $name goes on under the code of today',
  async (entry) => {
    await Worker.runReplayHistory(
      { workflowBundle: { codePath: workflowBundlePath } },
      entry.history,
      entry.name,
    );
  },
);

test('a workflow that was changed on purpose is found out by every history', async () => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./changed/index.ts', import.meta.url)),
  });
  const replays = Worker.runReplayHistories(
    { workflowBundle: { code } },
    histories.map(({ name, history }) => ({ workflowId: name, history })),
  );
  let foundOut = 0;
  for await (const { error } of replays) {
    expect(error).toBeInstanceOf(DeterminismViolationError);
    foundOut += 1;
  }
  expect(foundOut).toBe(histories.length);
});
