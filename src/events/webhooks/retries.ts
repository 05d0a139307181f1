/** What a subscriber answered. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

export type Verdict =
  | { readonly kind: 'delivered' }
  /** The subscriber asks for no further messages. */
  | { readonly kind: 'gone' }
  /** `askedMs`: how long the subscriber wants to be left alone. */
  | { readonly kind: 'refused'; readonly askedMs: number | undefined };

const dayMs = 86_400_000;
const imfDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** What an answer means; everything but 2xx is a failure, redirects too. @param nowMs Unix time */
export function judge({ status, retryAfter }: Answer, nowMs: number): Verdict {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'gone' };
  const isBusy = status === 429 || status === 503;
  return { kind: 'refused', askedMs: isBusy ? retryAfterMs(retryAfter, nowMs) : undefined };
}

/** The wait that a `Retry-After` header asks for, a day at the most; undefined when it has none. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const askedMs = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : untilDateMs(text, nowMs);
  return askedMs === undefined ? undefined : Math.min(Math.max(askedMs, 0), dayMs);
}

function untilDateMs(text: string, nowMs: number): number | undefined {
  const atMs = imfDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}

const jitter = 0.2;

/**
 * The wait before the next try, a fifth shorter or longer by chance.
 * @param step how many tries of the schedule are used up, from 0
 * @param random from 0 to 1
 * @returns undefined when there is no next try
 */
export function retryWaitMs(
  scheduleMs: readonly number[],
  step: number,
  random: number,
): number | undefined {
  const waitMs = scheduleMs[step];
  return waitMs === undefined ? undefined : Math.round(waitMs * (1 - jitter + 2 * jitter * random));
}
