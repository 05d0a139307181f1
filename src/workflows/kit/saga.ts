import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { AttentionReason } from '../../domain/attention.js';
import type { FactOf, RejectionReason } from '../../domain/facts.js';
import type { Money } from '../../domain/money.js';
import { compensationOrder, type UndoName } from '../../domain/saga.js';
import type { CancelRequest } from '../messages.js';
import type { Attention, AttentionItem } from './attention.js';
import { throwIfCancelled, type Deadlines } from './deadlines.js';
import type { OrderRecorder } from './recorder.js';

/** Why an order does not go on. */
export type Stop =
  | {
      readonly kind: 'rejected';
      readonly reason: RejectionReason;
      /** The last step has certainly done nothing, so that nothing of it is to be compensated. */
      readonly isNothingDone?: true;
    }
  | { readonly kind: 'cancelled'; readonly request: CancelRequest }
  | { readonly kind: 'failed'; readonly step: string };

/** How a compensation ended. `too_late`: what it is about has left, and cannot be taken back. */
export interface CompensationResult {
  readonly kind: 'undone' | 'nothing_to_undo' | 'refunded' | 'too_late';
}

/** What takes a step back. Harmless where the step never happened. */
export interface Compensation {
  readonly name: UndoName;
  /** The shipment that it is about. */
  readonly subject?: string;
  /** What stays lost while it is not done. */
  readonly exposure?: Money;
  readonly run: () => Promise<CompensationResult>;
  /** What comes next, once this is done and was not too late. */
  readonly next?: () => Compensation | undefined;
}

/** A compensation that is still tried after its time, with what follows from it. */
interface Hanging {
  readonly names: readonly UndoName[];
  readonly end: Promise<void>;
}

type Key = Pick<Compensation, 'name' | 'subject'>;

/** As it stands in the timeline, and in the record of compensations. */
const keyOf = ({ name, subject }: Key): string =>
  subject === undefined ? name : `${name}:${subject}`;

/** A compensation, and all that comes after it. */
function chainOf(compensation: Compensation): readonly Compensation[] {
  const next = compensation.next?.();
  return next === undefined ? [compensation] : [compensation, ...chainOf(next)];
}

/** The steps of an order, each with what takes it back should the order not go on. */
export class Saga {
  private readonly registered: Compensation[] = [];
  private readonly cancelled = new Set<string>();
  private readonly leftToPeople: AttentionItem[] = [];

  constructor(
    private readonly recorder: OrderRecorder,
    private readonly attention: Attention,
    private readonly deadlines: Deadlines,
  ) {}

  /** What is due, in the order in which it is carried out: last registered, first compensated. */
  get due(): readonly string[] {
    return [...this.registered].reverse().flatMap(chainOf).map(keyOf);
  }

  /** Carries a step out. Its compensation is registered before: its answer may be lost. */
  async step(
    run: () => Promise<Stop | undefined>,
    { compensation }: { readonly compensation: Compensation },
  ): Promise<Stop | undefined> {
    throwIfCancelled();
    this.register(compensation);
    const stop = await run();
    if (stop?.kind === 'rejected' && stop.isNothingDone) this.cancelCompensation(compensation);
    throwIfCancelled();
    return stop;
  }

  /** Quiet when it is registered already, or is known to be needless. */
  register(compensation: Compensation): void {
    const key = keyOf(compensation);
    if (this.cancelled.has(key)) return;
    if (!this.registered.some((known) => keyOf(known) === key)) this.registered.push(compensation);
  }

  /** Called when it is known for certain that there is nothing to take back. */
  cancelCompensation(meant: Key): void {
    const key = keyOf(meant);
    this.cancelled.add(key);
    const index = this.registered.findIndex((known) => keyOf(known) === key);
    if (index >= 0) this.registered.splice(index, 1);
  }

  /** Takes everything back, in reverse, whatever is cancelled meanwhile, and around what hangs. */
  async compensate(isMeant: (compensation: Key) => boolean = () => true): Promise<void> {
    const meant = this.registered.filter(isMeant);
    meant.forEach((compensation) => {
      this.cancelCompensation(compensation);
    });
    await CancellationScope.nonCancellable(async () => {
      const hanging: Hanging[] = [];
      for (const compensation of meant.reverse()) {
        const ahead = hanging.filter(({ names }) => names.some(isBefore(compensation)));
        const late =
          ahead.length > 0
            ? this.compensateAfter(ahead, compensation)
            : await this.carryOut(compensation);
        if (late !== undefined) hanging.push(late);
      }
      if (hanging.length > 0) await Promise.all(hanging.map(({ end }) => end));
      await condition(() => this.leftToPeople.every(({ resolution }) => resolution !== undefined));
    });
  }

  /**
   * Asks for something back before it is decided whether the order is compensated. What comes after
   * it stays to be compensated.
   * @param hasLeft whether it is needless to ask any longer
   * @returns false when it cannot be taken back
   */
  async askBack(compensation: Compensation, hasLeft: () => boolean): Promise<boolean> {
    const attempts = new Attempts(compensation);
    attempts.begin();
    const isOver = () => attempts.isDone || hasLeft();
    if (!(await this.inTime(compensation, isOver))) {
      await this.callForPerson(compensation, attempts, isOver);
    }
    attempts.stop();
    if (attempts.isTooLate || (!attempts.isDone && hasLeft())) return false;
    this.advance(compensation);
    return true;
  }

  /** It is done, and what comes next takes its place, so that the order of all stays as it is. */
  private advance(done: Compensation): void {
    const next = done.next?.();
    const index = this.registered.findIndex((known) => keyOf(known) === keyOf(done));
    if (next !== undefined && index >= 0) this.registered.splice(index, 0, next);
    this.cancelCompensation(done);
  }

  /** What no compensation can do: a person is asked once, and holds up the end, but none of the others. */
  async leaveToPerson(reason: AttentionReason, subject: string, exposure: Money): Promise<void> {
    if (this.leftToPeople.some((item) => item.subject === subject)) return;
    this.leftToPeople.push(await this.attention.raise(reason, subject, exposure));
  }

  /** @returns the compensation if it hangs: it holds the order open, and not all those behind it */
  private async carryOut(compensation: Compensation): Promise<Hanging | undefined> {
    const attempts = new Attempts(compensation);
    attempts.begin();
    const isDone = () => attempts.isDone;
    if (await this.inTime(compensation, isDone)) return this.carryOutNext(attempts);
    const settle = async () => {
      await this.callForPerson(compensation, attempts, isDone);
      const hanging = await this.carryOutNext(attempts);
      await hanging?.end;
    };
    return { names: chainOf(compensation).map(({ name }) => name), end: settle() };
  }

  private async carryOutNext(attempts: Attempts): Promise<Hanging | undefined> {
    attempts.stop();
    const next = attempts.isTooLate ? undefined : attempts.compensation.next?.();
    return next && this.carryOut(next);
  }

  /** Behind those that it must not overtake. */
  private compensateAfter(ahead: readonly Hanging[], compensation: Compensation): Hanging {
    const settle = async () => {
      await Promise.all(ahead.map(({ end }) => end));
      const hanging = await this.carryOut(compensation);
      await hanging?.end;
    };
    return { names: chainOf(compensation).map(({ name }) => name), end: settle() };
  }

  /** Tries on, and has a person decide, unless an attempt works or there is no need any more. */
  private async callForPerson(
    compensation: Compensation,
    attempts: Attempts,
    isOver: () => boolean,
  ): Promise<void> {
    const { exposure } = compensation;
    do {
      const key = keyOf(compensation);
      const decision = await this.attention.ask('undo_stuck', key, isOver, exposure);
      if (decision?.choice === 'retry') attempts.begin();
      else if (decision !== undefined) {
        attempts.close();
        const result = decision.choice === 'mark_done' ? 'marked_done' : 'waived';
        await this.recordEnd(compensation, result);
      }
    } while (!(await this.inTime(compensation, isOver)));
  }

  private inTime(compensation: Key, isOver: () => boolean): Promise<boolean> {
    const limitMs = this.recorder.input.serviceLevel.undoMs;
    return this.deadlines.waitFor(isOver, { awaited: `${keyOf(compensation)} is done`, limitMs });
  }

  private async recordEnd(
    { name, subject }: Key,
    result: FactOf<'undo.settled'>['result'],
  ): Promise<void> {
    const about = subject === undefined ? {} : { subject };
    const ended = { type: 'undo.settled', undo: name, result, ...about } as const;
    await this.recorder.record(`undo-settled:${keyOf({ name, ...about })}`, [ended]);
  }
}

const isBefore =
  ({ name }: Compensation) =>
  (other: UndoName): boolean =>
    compensationOrder[name] === other;

/** The attempts at one compensation: any number of them side by side, and one that works is enough. */
class Attempts {
  /** What is still tried when the compensation is done is left: it would do the same once more. */
  private readonly scope = new CancellationScope();
  private result: CompensationResult | 'by_person' | undefined;

  constructor(readonly compensation: Compensation) {}

  get isDone(): boolean {
    return this.result !== undefined;
  }

  get isTooLate(): boolean {
    return typeof this.result === 'object' && this.result.kind === 'too_late';
  }

  begin(): void {
    const { run } = this.compensation;
    void this.scope
      .run(run)
      .then((result) => (this.result ??= result))
      .catch((error: unknown) => {
        const undo = keyOf(this.compensation);
        if (!isCancellation(error)) log.error('compensation failed', { undo, error });
      });
  }

  /** A person has seen to it, or has decided that nobody will. */
  close(): void {
    this.result ??= 'by_person';
  }

  stop(): void {
    this.scope.cancel();
  }
}
