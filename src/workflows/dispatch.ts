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
import type { InTurn } from './turns.js';

export type InputOf<Name extends ActivityName> = Parameters<OrderActivities[Name]>[0];
export type ResultOf<Name extends ActivityName> = Awaited<ReturnType<OrderActivities[Name]>>;

export interface Call<Name extends ActivityName> {
  readonly name: Name;
  /** Called once, when the call begins: a call that waits for its turn knows what came before it. */
  readonly input: () => InputOf<Name>;
  /** Told of the answer before any other call of the order begins. */
  readonly heard?: (result: ResultOf<Name>) => void;
  /** Waited for after a quick try, before any other begins. */
  readonly giveWay?: (result: ResultOf<Name>) => Promise<void>;
  /** One line for the Web UI. */
  readonly summary: string;
}

/** How an order has its calls carried out. */
export interface Manner {
  readonly mode: OrderInput['dispatch'];
  /** When a quick try may begin. */
  readonly inTurn: InTurn;
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
  { mode, inTurn }: Manner,
  call: Call<Name>,
  onDurable: () => void,
): Promise<ResultOf<Name>> {
  if (mode === 'remote' && !alwaysLocalFirst.has(call.name)) return durably(call, call.input());
  const quick = await inTurn(() => quickly(call));
  if ('result' in quick) return quick.result;
  if (isCancellation(quick.error) || isFinal(quick.error)) throw failureOf(call, quick.error);
  onDurable();
  return durably(call, quick.input);
}

/** An answer, or what stood against it and the input to try again with. */
type Quick<Name extends ActivityName> =
  { readonly result: ResultOf<Name> } | { readonly error: unknown; readonly input: InputOf<Name> };

async function quickly<Name extends ActivityName>(call: Call<Name>): Promise<Quick<Name>> {
  const { name, summary } = call;
  const input = call.input();
  const quick = await scheduleLocalActivity<ResultOf<Name>>(name, [input], { ...quickTry, summary })
    .then((result) => ({ result }))
    .catch((error: unknown) => ({ error, input }));
  if ('result' in quick) {
    call.heard?.(quick.result);
    await call.giveWay?.(quick.result);
  }
  return quick;
}

async function durably<Name extends ActivityName>(
  call: Call<Name>,
  input: InputOf<Name>,
): Promise<ResultOf<Name>> {
  const { name, summary } = call;
  const options = { ...profiles[name], summary };
  const result = await scheduleActivity<ResultOf<Name>>(name, [input], options).catch(
    (error: unknown) => {
      throw failureOf(call, error);
    },
  );
  call.heard?.(result);
  return result;
}

const failureOf = ({ name }: { readonly name: ActivityName }, error: unknown): unknown =>
  isCancellation(error) ? error : new StepFailed(name, error);

/**
 * A refusal for good: trying again, patiently or not, would change nothing. What a local activity
 * throws comes bare, without the ActivityFailure around it that a remote one has.
 */
function isFinal(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}
