import { ApplicationFailure } from '@temporalio/common';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';

type Activity<Input, Output> = (input: Input) => Promise<Output>;

/** A forward step: a refusal is final, everything else is tried again. */
export const asStep = <Input, Output>(activity: Activity<Input, Output>) =>
  decide(activity, (error) => error instanceof ProviderRefused);

/**
 * An undo: nothing is final. What a provider refuses today (a wrong key, a locked account) a person
 * can mend, and until then the order has not been undone.
 */
export const asUndo = <Input, Output>(activity: Activity<Input, Output>) =>
  decide(activity, () => false);

/** The one place that turns an error into its fate: tried again, or final. */
function decide<Input, Output>(
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
