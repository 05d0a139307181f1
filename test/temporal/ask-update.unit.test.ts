import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { cancelThrough } from '../../src/temporal/cancel-update.js';
import { updateThrough } from '../../src/temporal/steering-update.js';
import {
  cancelRefusedType,
  refusedType,
  resolveAttentionUpdate,
  type AttentionResolution,
} from '../../src/workflows/messages.js';

/** How one call for an update ends: before the workflow took it, or after. */
interface Scripted {
  readonly before?: Error;
  readonly after?: Error;
  readonly result?: unknown;
}

/** A workflow whose server answers each call as it is told, the last one again and again. */
function scriptedHandle(...script: readonly Scripted[]) {
  const updateIds: (string | undefined)[] = [];
  const startUpdate = (_definition: unknown, { updateId }: { updateId?: string }) => {
    const step = script[Math.min(updateIds.length, script.length - 1)] ?? {};
    updateIds.push(updateId);
    if (step.before) return Promise.reject(step.before);
    const result = () => (step.after ? Promise.reject(step.after) : Promise.resolve(step.result));
    return Promise.resolve({ result });
  };
  return { handle: { startUpdate } as unknown as WorkflowHandle, updateIds };
}

const failed = (type: string, ...details: unknown[]) =>
  new WorkflowUpdateFailedError(
    'Workflow Update failed',
    ApplicationFailure.create({ type, message: 'because', details }),
  );
const unprocessed = failed('UnprocessedUpdate');
const tooLate = new WorkflowUpdateRPCTimeoutOrCancelledError('deadline');
const gone = new WorkflowNotFoundError('not found', 'ord_1', undefined);
const summary = { orderId: 'ord_1', status: 'confirmed' };

const resolution = { by: 'ops-1', choice: 'retry', note: '' } as unknown as AttentionResolution;
const askers = [
  {
    name: 'a cancel',
    ask: (handle: WorkflowHandle) =>
      cancelThrough(handle, { requestedBy: 'cus_42', reason: 'changed my mind' }, 'id-1'),
    refused: cancelRefusedType,
    done: { kind: 'ended', summary },
  },
  {
    name: 'a message',
    ask: (handle: WorkflowHandle) =>
      updateThrough(handle, resolveAttentionUpdate, resolution, 'id-1'),
    refused: refusedType,
    done: { kind: 'done', result: summary },
  },
];

describe.each(askers)('$name', ({ ask, refused, done }) => {
  const askedOf = async (...script: readonly Scripted[]) => {
    const { handle, updateIds } = scriptedHandle(...script);
    return { answer: await ask(handle), updateIds };
  };

  test('is answered', async () => {
    const { answer, updateIds } = await askedOf({ result: summary });
    expect(answer).toEqual(done);
    expect(updateIds).toEqual(['id-1']);
  });

  test.each([
    ['at once', (error: Error) => ({ before: error })],
    ['after it was taken', (error: Error) => ({ after: error })],
  ])('is refused %s, with where the order stands', async (_when, scriptOf) => {
    const { answer } = await askedOf(scriptOf(failed(refused, summary)));
    expect(answer).toEqual({ kind: 'refused', reason: 'because', summary });
  });

  test('is asked again under the same id when a lost task left it unprocessed', async () => {
    const { answer, updateIds } = await askedOf(
      { after: unprocessed },
      { before: unprocessed },
      { result: summary },
    );
    expect(answer).toEqual(done);
    expect(updateIds).toEqual(['id-1', 'id-1', 'id-1']);
  });

  test('is not asked any more after the deadline, and nobody says that it was taken', async () => {
    const { answer, updateIds } = await askedOf({ after: unprocessed }, { before: tooLate });
    expect(answer).toEqual({ kind: 'unavailable', cause: tooLate });
    expect(updateIds).toHaveLength(2);
  });

  test('is under way when it was taken and not answered in time', async () => {
    const { answer } = await askedOf({ after: tooLate });
    expect(answer).toEqual({ kind: 'in_progress' });
  });

  test.each([
    ['is not there', { before: gone }],
    ['ended before it answered', { after: failed('AcceptedUpdateCompletedWorkflow') }],
  ])('finds nobody where the workflow %s', async (_why, script) => {
    expect((await askedOf(script)).answer).toEqual({ kind: 'gone' });
  });

  test.each([
    ['before it was taken', (error: Error) => ({ before: error })],
    ['after it was taken', (error: Error) => ({ after: error })],
  ])('is not taken for gone by a failure that nobody knows, %s', async (_when, scriptOf) => {
    const { answer, updateIds } = await askedOf(scriptOf(failed('TypeError')));
    expect(answer).toMatchObject({ kind: 'unavailable', cause: { type: 'TypeError' } });
    expect(updateIds).toHaveLength(1);
  });
});
