import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { AttentionReason } from '../../domain/attention.js';
import type { AttentionItem } from '../../domain/attention-item.js';
import {
  compensationKeyOf,
  Compensations,
  namesIn,
  waitsFor,
  type CompensationKey,
} from '../../domain/compensations.js';
import type { FactOf } from '../../domain/facts.js';
import type { Money } from '../../domain/money.js';
import type { UndoName } from '../../domain/saga.js';
import type { Stop } from '../../domain/stop.js';
import type { Attention } from './attention.js';
import { throwIfCancelled, type Deadlines } from './deadlines.js';
import type { OrderRecorder } from './recorder.js';

/** How a compensation ended. `too_late`: what it is about has left, and cannot be taken back. */
interface CompensationResult {
  readonly kind: 'undone' | 'nothing_to_undo' | 'refunded' | 'too_late';
}

/** What takes a step back. Harmless where the step never happened. */
export interface Compensation extends CompensationKey {
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

/** The steps of an order, each with what takes it back should the order not go on. */
export class Saga {
  readonly compensations = new Compensations<Compensation>();
  private readonly leftToPeople: AttentionItem[] = [];

  constructor(
    private readonly recorder: OrderRecorder,
    private readonly attention: Attention,
    private readonly deadlines: Deadlines,
  ) {}

  /** Carries a step out. Its compensation is registered before: its answer may be lost. */
  async step(
    run: () => Promise<Stop | undefined>,
    { compensation }: { readonly compensation: Compensation },
  ): Promise<Stop | undefined> {
    throwIfCancelled();
    this.compensations.register(compensation);
    const stop = await run();
    if (stop?.kind === 'rejected' && stop.isNothingDone) this.compensations.cancel(compensation);
    throwIfCancelled();
    return stop;
  }

  /** Says what is due, and takes it back; quiet where nothing is. */
  async compensateAll(cause: Stop['kind']): Promise<void> {
    const { due } = this.compensations;
    if (due.length === 0) return;
    await this.recorder.record('compensation', [
      { type: 'compensation.started', cause, undos: due },
    ]);
    await this.compensate();
  }

  /** Takes back what is meant, or everything, in reverse, whatever is cancelled meanwhile, and around what hangs. */
  async compensate(isMeant: (one: CompensationKey) => boolean = () => true): Promise<void> {
    const meant = this.compensations.take(isMeant);
    await CancellationScope.nonCancellable(async () => {
      const hanging: Hanging[] = [];
      for (const compensation of meant) {
        const ahead = hanging.filter(({ names }) => waitsFor(compensation, names));
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
    this.compensations.advance(compensation);
    return true;
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
    const finish = async () => {
      await this.callForPerson(compensation, attempts, isDone);
      const hanging = await this.carryOutNext(attempts);
      await hanging?.end;
    };
    return { names: namesIn(compensation), end: finish() };
  }

  private async carryOutNext(attempts: Attempts): Promise<Hanging | undefined> {
    attempts.stop();
    const next = attempts.compensation.next?.();
    if (next === undefined || !attempts.isTooLate) return next && this.carryOut(next);
    // What has left is not paid back, though it was announced: the record of what is due says so.
    await this.recordEnd(next, 'waived');
    return undefined;
  }

  /** Behind those that it must not overtake. */
  private compensateAfter(ahead: readonly Hanging[], compensation: Compensation): Hanging {
    const finish = async () => {
      await Promise.all(ahead.map(({ end }) => end));
      const hanging = await this.carryOut(compensation);
      await hanging?.end;
    };
    return { names: namesIn(compensation), end: finish() };
  }

  /** Tries on, and has a person decide, unless an attempt works or there is no need any more. */
  private async callForPerson(
    compensation: Compensation,
    attempts: Attempts,
    isOver: () => boolean,
  ): Promise<void> {
    const { exposure } = compensation;
    do {
      const key = compensationKeyOf(compensation);
      const decision = await this.attention.ask('undo_stuck', key, isOver, exposure);
      if (decision?.choice === 'retry') attempts.begin();
      else if (decision !== undefined) {
        attempts.close();
        const result = decision.choice === 'mark_done' ? 'marked_done' : 'waived';
        await this.recordEnd(compensation, result);
      }
    } while (!(await this.inTime(compensation, isOver)));
  }

  private inTime(compensation: CompensationKey, isOver: () => boolean): Promise<boolean> {
    const limitMs = this.recorder.input.serviceLevel.undoMs;
    return this.deadlines.waitFor(isOver, {
      awaited: `${compensationKeyOf(compensation)} is done`,
      limitMs,
    });
  }

  private async recordEnd(
    { name, subject }: CompensationKey,
    result: FactOf<'undo.settled'>['result'],
  ): Promise<void> {
    const about = subject === undefined ? {} : { subject };
    const ended = { type: 'undo.settled', undo: name, result, ...about } as const;
    await this.recorder.record(`undo-settled:${compensationKeyOf({ name, ...about })}`, [ended]);
  }
}

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
        const undo = compensationKeyOf(this.compensation);
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
