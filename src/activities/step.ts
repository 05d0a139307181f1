import type { Fact } from '../domain/facts.js';
import type { OrderId } from '../domain/ids.js';
import { changesState, evolveAll } from '../domain/evolve.js';
import type { OrderState } from '../domain/order-state.js';
import type { UndoName } from '../domain/saga.js';
import type { CompensationResult, Effect, Entry, Journal, Written } from './ports.js';

/** What every step is called with: the order, and where it stood when the workflow decided. */
export interface Step {
  readonly orderId: OrderId;
  /** The place of this step's change among the order's changes. A late attempt is told by it. */
  readonly revision: number;
  readonly before: OrderState;
}

/** A step's outcome, and what it wrote. */
export interface StepResult<Outcome> extends Written {
  readonly outcome: Outcome;
}

/** `<order id>:<step>[:<subject>]`, the key of every call to a provider; never the attempt. */
export const idempotencyKey = (orderId: OrderId, step: string, subject?: string): string =>
  [orderId, step, ...(subject === undefined ? [] : [subject])].join(':');

/** `<name>` the first time, then `<name>:2`, `<name>:3`: for what an order does more than once. */
export const numbered = (name: string, number: number): string =>
  number === 1 ? name : `${name}:${number}`;

/**
 * Writes what a step brought about, at its end and once.
 * @param key the step's name, unique within its order
 */
export async function recordOutcome<Outcome>(
  journal: Journal,
  step: Step,
  key: string,
  outcome: Outcome,
  facts: readonly Fact[],
): Promise<StepResult<Outcome>> {
  return { outcome, ...(await journal.append(entryOf(step, key, facts))) };
}

/** Changes our books and writes it, both at once. @param factsOf what each outcome brought about */
export const recordEffect = <Outcome>(
  journal: Journal,
  step: Step,
  key: string,
  effect: Effect<Outcome>,
  factsOf: (outcome: Outcome) => readonly Fact[],
): Promise<StepResult<Outcome>> =>
  journal.appendWith(effect, (outcome) => entryOf(step, key, factsOf(outcome)));

function entryOf({ orderId, revision, before }: Step, key: string, facts: readonly Fact[]): Entry {
  const change = facts.some((fact) => changesState(fact.type))
    ? { revision, state: evolveAll(before, facts) }
    : undefined;
  return { orderId, key, facts, ...(change && { change }) };
}

/** What an undo has to tell: what it took back, or that there was nothing to take. */
export function compensationFacts(
  undone: CompensationResult,
  undo: UndoName,
  tookBack: Fact,
  subject?: string,
): readonly Fact[] {
  switch (undone.kind) {
    case 'undone':
      return [tookBack];
    case 'nothing_to_undo':
      return [{ type: 'undo.settled', undo, result: undone.kind, ...(subject && { subject }) }];
  }
}
