import { ApplicationFailure } from '@temporalio/common';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';

type Activity<Input, Output> = (input: Input) => Promise<Output>;

/** A forward step: a refusal is final, everything else is tried again. */
export const retryable = <Input, Output>(activity: Activity<Input, Output>) =>
  classified(activity, (error) => error instanceof ProviderRefused);

/**
 * Nothing is final: compensations, and what has happened and must be written. What a provider refuses today
 * (a wrong key, a locked account) a person can fix.
 */
export const alwaysRetryable = <Input, Output>(activity: Activity<Input, Output>) =>
  classified(activity, () => false);

/** The one place that decides about an error: retried, or final. */
function classified<Input, Output>(
  activity: Activity<Input, Output>,
  isFinal: (error: unknown) => boolean,
): Activity<Input, Output> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw failureOf(error, isFinal(error));
    }
  };
}

function failureOf(error: unknown, nonRetryable: boolean): ApplicationFailure {
  const retryAfterMs = error instanceof ProviderUnavailable ? error.retryAfterMs : undefined;
  return ApplicationFailure.create({
    type: error instanceof Error ? error.name : 'UnknownError',
    message: error instanceof Error ? error.message : String(error),
    nonRetryable,
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
  });
}
