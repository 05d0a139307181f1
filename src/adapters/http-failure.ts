import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';

/** What a provider's HTTP answer says about a call that failed. Nothing in it is personal. */
interface HttpAnswer {
  /** Undefined when there was no answer, or none that could be read. */
  readonly status: number | undefined;
  readonly code: string;
  /** The `Retry-After` header as it came. */
  readonly retryAfter?: string | undefined;
}

/** An answer of 400 and above. */
export class HttpFailure extends Error implements HttpAnswer {
  override readonly name = 'HttpFailure';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfter: string | undefined,
  ) {
    super(`${code} (HTTP ${status})`);
  }
}

/** Timeout, conflict (the same key is still running), too early, too many. */
const passingStatuses: ReadonlySet<number> = new Set([408, 409, 425, 429]);
const longestRetryAfterMs = 5 * 60_000;

/**
 * Builds what lets an answer through and turns any error into one of the ports' two.
 * @param answerOf what an error of the provider's own client says; undefined when it is none of those
 */
export const translator =
  (provider: string, answerOf: (error: unknown) => HttpAnswer | undefined = () => undefined) =>
  async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ProviderRefused || error instanceof ProviderUnavailable) throw error;
      const answered = error instanceof HttpFailure ? error : answerOf(error);
      throw failureOf(provider, answered ?? noAnswer(error));
    }
  };

/** Anything unforeseen may work later. Its message could be about a person; its name is not. */
const noAnswer = (error: unknown): HttpAnswer => ({
  status: undefined,
  code: error instanceof Error ? error.name : 'unknown',
});

/** A 4xx about the request itself is final, all else may work later. */
function failureOf(
  provider: string,
  { status, code, retryAfter }: HttpAnswer,
): ProviderRefused | ProviderUnavailable {
  const message = `${provider}: ${code} (${status === undefined ? 'no answer' : `HTTP ${status}`})`;
  return isFinal(status)
    ? new ProviderRefused(message)
    : new ProviderUnavailable(message, retryAfterMs(retryAfter));
}

const isFinal = (status: number | undefined): boolean =>
  status !== undefined && status >= 400 && status < 500 && !passingStatuses.has(status);

/** @param header seconds or an HTTP date; what is neither counts as not given. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(Math.max(waitMs, 0), longestRetryAfterMs);
}
