import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  scheduleActivity,
  scheduleLocalActivity,
} from '@temporalio/workflow';
import type { OrderActivities } from '../activities/index.js';
import { alwaysLocalFirst, profiles, quickTry, type ActivityName } from './activity-options.js';
import type { OrderInput } from './messages.js';

export type InputOf<Name extends ActivityName> = Parameters<OrderActivities[Name]>[0];
export type ResultOf<Name extends ActivityName> = Awaited<ReturnType<OrderActivities[Name]>>;

export interface Call<Name extends ActivityName> {
  readonly name: Name;
  readonly input: InputOf<Name>;
  /** One line for the Web UI. */
  readonly summary: string;
}

/** A call that was refused for good, or that outlasted its patience. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  constructor(
    readonly step: ActivityName,
    override readonly cause: unknown,
  ) {
    super(`${step} failed for good`);
  }
}

/**
 * Close first, durable next: one quick try in the worker at hand, and only what that does not settle
 * becomes an activity of its own, with its full patience, under the same idempotency key.
 * @param onDurable called when the quick try did not settle the call
 * @throws StepFailed, or what a cancellation throws
 */
export async function dispatch<Name extends ActivityName>(
  mode: OrderInput['dispatch'],
  call: Call<Name>,
  onDurable: () => void,
): Promise<ResultOf<Name>> {
  try {
    return await settle(mode, call, onDurable);
  } catch (error) {
    throw isCancellation(error) ? error : new StepFailed(call.name, error);
  }
}

async function settle<Name extends ActivityName>(
  mode: OrderInput['dispatch'],
  call: Call<Name>,
  onDurable: () => void,
): Promise<ResultOf<Name>> {
  if (mode === 'remote' && !alwaysLocalFirst.has(call.name)) return durably(call);
  try {
    return await quickly(call);
  } catch (error) {
    if (isCancellation(error) || isFinal(error)) throw error;
    onDurable();
    return durably(call);
  }
}

const quickly = <Name extends ActivityName>({ name, input, summary }: Call<Name>) =>
  scheduleLocalActivity<ResultOf<Name>>(name, [input], { ...quickTry, summary });

const durably = <Name extends ActivityName>({ name, input, summary }: Call<Name>) =>
  scheduleActivity<ResultOf<Name>>(name, [input], { ...profiles[name], summary });

/**
 * A refusal for good: trying again, patiently or not, would change nothing. What a local activity
 * throws comes bare, without the ActivityFailure around it that a remote one has.
 */
function isFinal(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}
