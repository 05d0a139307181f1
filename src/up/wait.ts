import { setTimeout as delay } from 'node:timers/promises';

/** Something did not happen within its limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

export interface WaitOptions {
  /** What is waited for, as it reads after "gave up waiting for". */
  readonly what: string;
  readonly limitMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks again and again until the answer is neither `undefined` nor `false`.
 * @throws TimeLimitError when limitMs has passed, or the signal's reason
 */
export async function waitFor<Answer>(
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  { what, limitMs, intervalMs = 50, signal }: WaitOptions,
): Promise<Answer> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() >= giveUpAt) throw new TimeLimitError(overdue(what, limitMs));
    await delay(intervalMs);
  }
}

/**
 * Bounds one promise.
 * @throws TimeLimitError when limitMs has passed; the promise itself goes on unheard
 */
export async function within<Answer>(
  promise: Promise<Answer>,
  limitMs: number,
  what: string,
): Promise<Answer> {
  const clock = new AbortController();
  const limit = delay(limitMs, undefined, { signal: clock.signal }).then(() => {
    throw new TimeLimitError(overdue(what, limitMs));
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    limit.catch(() => undefined);
    clock.abort();
  }
}

/**
 * Stops waiting for the promise when the signal comes.
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

function overdue(what: string, limitMs: number): string {
  return `Gave up waiting for ${what} after ${limitMs / 1000} s.`;
}
