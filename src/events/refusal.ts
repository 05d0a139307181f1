import { isDatabaseUnavailable } from '../db/availability.js';
import { ConsumerUnavailable } from './consumer.js';

/** Thrown when a consumer took longer than it may. */
export class ConsumerTooSlow extends Error {
  override readonly name = 'ConsumerTooSlow';
}

/**
 * 25P03, 25P04: a time limit of the transaction; 40: of two transactions that met one has to try
 * again; 53: no memory, disk or connection; 55P03: a lock was not free; 57P0x: Postgres stops;
 * 3F000, 42501, 42703, 42P01: the consumer's own tables are not there yet, or not as it wants them.
 */
const passingCodes = /^(25P0[34]|40\w{3}|53\w{3}|55P03|57P0\w|3F000|42501|42703|42P01)$/;

const timeLimit = '57014';

/** Whether the failure is not about the events: the same ones may be applied later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConsumerUnavailable) return true;
  const code = sqlStateOf(error);
  if (code === timeLimit) return false;
  return passingCodes.test(code) || isDatabaseUnavailable(error);
}

/** Runs a part of a round. @throws ConsumerUnavailable for whatever {@link isPassing} */
export async function orUnavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConsumerUnavailable || !isPassing(error)) throw error;
    throw new ConsumerUnavailable('No event can be taken now', { cause: error });
  }
}

/** Whether the error itself says that a retry is useless. */
export const isFinal = (error: unknown): boolean =>
  error instanceof Error && 'nonRetryable' in error && error.nonRetryable === true;

const longest = 500;

/** One line for a person; no stack. */
export function describeRefusal(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
    .slice(0, longest);
}

const sqlStateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
