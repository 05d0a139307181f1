import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { askUpdate } from '../../src/temporal/ask-update.js';
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
  // Of an update that it never accepted.
  const getUpdateHandle = () => ({ result: () => Promise.reject(gone) });
  return { handle: { startUpdate, getUpdateHandle } as unknown as WorkflowHandle, updateIds };
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

const argument = { by: 'ops-1', choice: 'retry', note: '' } as unknown as AttentionResolution;
const done = { kind: 'taken', answer: summary };

describe.each([
  ['a cancel', cancelRefusedType],
  ['another update', refusedType],
])('%s', (_name, refused) => {
  const askedOf = async (...script: readonly Scripted[]) => {
    const { handle, updateIds } = scriptedHandle(...script);
    const ask = { name: resolveAttentionUpdate.name, argument, updateId: 'id-1' };
    const answer = await askUpdate(handle, ask);
    return { answer, updateIds };
  };

  test('an update gets the answer of its workflow', async () => {
    const { answer, updateIds } = await askedOf({ result: summary });
    expect(answer).toEqual(done);
    expect(updateIds).toEqual(['id-1']);
  });

  test.each(['before', 'after'])(
    'a refusal %s the update was accepted carries its reason and the state of the order',
    async (when) => {
      const { answer } = await askedOf({ [when]: failed(refused, summary) });
      expect(answer).toEqual({ kind: 'refused', reason: 'because', summary });
    },
  );

  test('an update that a lost task left unprocessed is asked again under the same id', async () => {
    const { answer, updateIds } = await askedOf(
      { after: unprocessed },
      { before: unprocessed },
      { result: summary },
    );
    expect(answer).toEqual(done);
    expect(updateIds).toEqual(['id-1', 'id-1', 'id-1']);
  });

  test('after the deadline an update is not asked again, and waits', async () => {
    const { answer, updateIds } = await askedOf({ after: unprocessed }, { before: tooLate });
    expect(answer).toEqual({ kind: 'waiting', cause: tooLate });
    expect(updateIds).toHaveLength(2);
  });

  test('an update that was accepted and not answered in time waits', async () => {
    const { answer } = await askedOf({ after: tooLate });
    expect(answer).toEqual({ kind: 'waiting', cause: tooLate });
  });

  test.each([
    ['is not there', { before: gone }],
    ['ended before it answered', { after: failed('AcceptedUpdateCompletedWorkflow') }],
  ])('an update is gone where the workflow %s', async (_why, script) => {
    expect((await askedOf(script)).answer).toEqual({ kind: 'gone' });
  });

  test.each(['before', 'after'])(
    'after an unknown failure %s the update was accepted it waits, and never counts as gone',
    async (when) => {
      const { answer, updateIds } = await askedOf({ [when]: failed('TypeError') });
      expect(answer).toMatchObject({ kind: 'waiting', cause: { type: 'TypeError' } });
      expect(updateIds).toHaveLength(1);
    },
  );
});
