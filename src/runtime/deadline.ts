import { setTimeout as delay } from 'node:timers/promises';

/** Something did not happen within its limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

export interface PollOptions {
  readonly limitMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface WaitOptions extends PollOptions {
  /** What is waited for, as it reads after "gave up waiting for". */
  readonly what: string;
}

type MaybeAnswer<Answer> = Answer | undefined | false;

/**
 * Asks again and again until the answer is neither `undefined` nor `false`.
 * @returns undefined when limitMs has passed
 * @throws the signal's reason
 */
export async function poll<Answer>(
  ask: () => Promise<MaybeAnswer<Answer>> | MaybeAnswer<Answer>,
  { limitMs, intervalMs = 50, signal }: PollOptions,
): Promise<Answer | undefined> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= endMs) return undefined;
    await delay(intervalMs);
  }
}

/**
 * Polls for an answer that must come.
 * @throws TimeLimitError when limitMs has passed, or the signal's reason
 */
export async function waitFor<Answer>(
  ask: () => Promise<MaybeAnswer<Answer>> | MaybeAnswer<Answer>,
  { what, ...options }: WaitOptions,
): Promise<Answer> {
  const answer = await poll(ask, options);
  if (answer === undefined) throw new TimeLimitError(overdue(what, options.limitMs));
  return answer;
}

/**
 * Bounds one promise.
 * @returns what `onExpiry` returns when limitMs has passed; the promise itself is not cancelled
 */
export async function withinOr<Answer, Other>(
  promise: Promise<Answer>,
  limitMs: number,
  onExpiry: () => Other,
): Promise<Answer | Other> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    return await Promise.race([promise, expired.then(onExpiry)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Bounds one promise.
 * @throws TimeLimitError when limitMs has passed; the promise itself is not cancelled
 */
export const within = <Answer>(
  promise: Promise<Answer>,
  limitMs: number,
  what: string,
): Promise<Answer> =>
  withinOr(promise, limitMs, () => {
    throw new TimeLimitError(overdue(what, limitMs));
  });

/**
 * Stops waiting for the promise when the signal is aborted.
 * @throws the signal's reason
 */
export function orAborted<Answer>(
  promise: Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  if (signal === undefined) return promise;
  const aborted = new Promise<never>((_resolve, reject) => {
    const refuse = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
  return Promise.race([promise, aborted]);
}

const overdue = (what: string, limitMs: number): string =>
  `Gave up waiting for ${what} after ${limitMs / 1000} s.`;
