import { compensationOrder, type UndoName } from './saga.js';

export interface CompensationKey {
  readonly name: UndoName;
  /** The shipment that it is about. */
  readonly subject?: string;
}

interface Link<Self> extends CompensationKey {
  /** What comes next, once this is done and was not too late. */
  readonly next?: () => Self | undefined;
}

/** As it stands in the timeline, and in the record of compensations. */
export const compensationKeyOf = ({ name, subject }: CompensationKey): string =>
  subject === undefined ? name : `${name}:${subject}`;

/** A compensation, and all that comes after it. */
function chainOf<One extends Link<One>>(one: One): readonly One[] {
  const next = one.next?.();
  return next === undefined ? [one] : [one, ...chainOf(next)];
}

export const namesIn = <One extends Link<One>>(one: One): readonly UndoName[] =>
  chainOf(one).map(({ name }) => name);

/** Whether it may not overtake one of those, although they hang. */
export const waitsFor = ({ name }: CompensationKey, hanging: readonly UndoName[]): boolean =>
  hanging.some((other) => compensationOrder[name] === other);

/** What takes an order back should it not go on; of each key there is one. */
export class Compensations<One extends Link<One>> {
  private readonly registered: One[] = [];
  private readonly cancelled = new Set<string>();

  /** What is due, in the order in which it is carried out: last registered, first compensated. */
  get due(): readonly string[] {
    return this.registered.toReversed().flatMap(chainOf).map(compensationKeyOf);
  }

  /** Quiet when it is registered already, or is known to be needless. */
  register(one: One): void {
    if (this.cancelled.has(compensationKeyOf(one))) return;
    if (this.indexOf(one) < 0) this.registered.push(one);
  }

  /** Called when it is known for certain that there is nothing to take back. */
  cancel(meant: CompensationKey): void {
    this.cancelled.add(compensationKeyOf(meant));
    const index = this.indexOf(meant);
    if (index >= 0) this.registered.splice(index, 1);
  }

  /** Takes out those that are meant, to be carried out now: last registered, first compensated. */
  take(isMeant: (one: CompensationKey) => boolean): readonly One[] {
    const meant = this.registered.filter(isMeant);
    for (const one of meant) this.cancel(one);
    return meant.toReversed();
  }

  /** It is done, and what comes next takes its place, so that the order of all stays as it is. */
  advance(done: One): void {
    const next = done.next?.();
    const index = this.indexOf(done);
    if (next !== undefined && index >= 0) this.registered.splice(index, 0, next);
    this.cancel(done);
  }

  private indexOf(meant: CompensationKey): number {
    const key = compensationKeyOf(meant);
    return this.registered.findIndex((known) => compensationKeyOf(known) === key);
  }
}
