import { vi } from 'vitest';

const pauseMs = 50;

/**
 * Looks again and again, until looking neither throws nor answers `false`.
 * @param what reads on after "waited in vain for"
 * @returns what was seen at last
 */
export const waitFor = <Answer>(
  what: string,
  look: () => Promise<Answer> | Answer,
  limitMs = 20_000,
): Promise<Exclude<Answer, false>> =>
  vi
    .waitFor(
      async () => {
        const answer = await look();
        if (answer === false) throw new Error('it does not hold');
        return answer as Exclude<Answer, false>;
      },
      { timeout: limitMs, interval: pauseMs },
    )
    .catch((cause: unknown) => {
      const last = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Waited in vain for ${what}, ${limitMs / 1_000} s: ${last}`, { cause });
    });
