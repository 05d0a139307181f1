import type { RawBuilder } from 'kysely';
import type { Effect } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import { translated } from './postgres-errors.js';

/** One call of a function of our books. */
export interface BookCall<Outcome> {
  /** Of type jsonb: what the function answers. */
  readonly expression: RawBuilder<unknown>;
  /** Each way in which it may end, by the answer's `kind`; `done` where there is one. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** What only the answer knows: the fact's member, and the answer's member that fills it. */
  readonly blanks?: Readonly<Record<string, string>>;
  readonly outcomeOf: (answer: unknown) => Outcome;
}

/** An effect of which nothing is to be known but that it happened. */
export const plainCall = (expression: RawBuilder<unknown>): BookCall<null> => ({
  expression,
  outcomes: { done: null },
  outcomeOf: () => null,
});

/**
 * An effect on our books. It is sent when somebody awaits it, or by the journal together with an entry;
 * not before, and once.
 */
export class PostgresEffect<Outcome> implements Effect<Outcome> {
  private sent: Promise<Outcome> | undefined;

  constructor(
    readonly database: Database,
    readonly call: BookCall<Outcome>,
  ) {}

  then<Result = Outcome, Failure = never>(
    onDone?: ((outcome: Outcome) => Result | PromiseLike<Result>) | null,
    onFailed?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    this.sent ??= translated(this.send());
    return this.sent.then(onDone, onFailed);
  }

  private async send(): Promise<Outcome> {
    const { expression, outcomeOf } = this.call;
    const { answer } = await oneRow<{ answer: unknown }>(this.database)`
      select ${expression} as answer`;
    return outcomeOf(answer);
  }
}
