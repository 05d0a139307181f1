import type { RawBuilder } from 'kysely';
import type { CompensationResult, Effect } from '../activities/ports.js';
import { oneRow, type Database } from '../db/database.js';
import { translated } from './postgres-errors.js';

/** One call of a function of our books. */
export interface BookCall<Outcome> {
  /** Of type jsonb: what the function answers. */
  readonly expression: RawBuilder<unknown>;
  /** Each outcome of which there is an entry, by the answer's `kind`; `done` where there is none. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** What only the answer knows: the fact's member, and the answer's member that fills it. */
  readonly blanks?: Readonly<Record<string, string>>;
  readonly outcomeOf: (answer: unknown) => Outcome | Promise<Outcome>;
}

/** What came out without a call. */
interface Settled<Outcome> {
  readonly outcome: Outcome;
}

type Prepared<Outcome> = BookCall<Outcome> | Settled<Outcome>;

/** A call of which nothing is to be known but that it happened. */
export const plainCall = (expression: RawBuilder<unknown>): BookCall<null> => ({
  expression,
  outcomes: { done: null },
  outcomeOf: () => null,
});

/** What an undo may find. */
export const compensationResults = {
  undone: { kind: 'undone' },
  nothing_to_undo: { kind: 'nothing_to_undo' },
} as const satisfies Record<CompensationResult['kind'], CompensationResult>;

/**
 * An effect on our books. It is sent when somebody awaits it, or by the journal together with an entry;
 * not before, and once.
 */
export class PostgresEffect<Outcome> implements Effect<Outcome> {
  private sent: Promise<Outcome> | undefined;

  constructor(
    readonly database: Database,
    /** The call, or what has to come before it. */
    private readonly prepared: Prepared<Outcome> | (() => Promise<Prepared<Outcome>>),
  ) {}

  async prepare(): Promise<Prepared<Outcome>> {
    return typeof this.prepared === 'function' ? this.prepared() : this.prepared;
  }

  then<Result = Outcome, Failure = never>(
    onDone?: ((outcome: Outcome) => Result | PromiseLike<Result>) | null,
    onFailed?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    this.sent ??= translated(this.send());
    return this.sent.then(onDone, onFailed);
  }

  private async send(): Promise<Outcome> {
    const call = await this.prepare();
    if ('outcome' in call) return call.outcome;
    const { answer } = await oneRow<{ answer: unknown }>(this.database)`
      select ${call.expression} as answer`;
    return call.outcomeOf(answer);
  }
}
