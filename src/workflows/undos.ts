import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { AttentionReason } from '../domain/attention.js';
import type { Money } from '../domain/money.js';
import type { Fact, FactOf } from '../domain/facts.js';
import { undoneAfter, type UndoName } from '../domain/saga.js';
import type { Attention, AttentionItem } from './attention.js';
import type { Deadlines } from './deadlines.js';
import type { AttentionResolution } from './messages.js';
import type { OrderLife } from './order-life.js';
import { UndoAttempts } from './undo-attempts.js';

export interface Undo {
  readonly name: UndoName;
  /** The shipment that it is about. */
  readonly subject?: string;
  /** What stays lost while it is not done. */
  readonly exposure?: Money;
  readonly run: () => Promise<unknown>;
}

/** An undo that is still tried after its time. */
interface Hanging {
  readonly name: UndoName;
  readonly end: Promise<void>;
}

/** Without this mark in its history an order waits for an undo that hangs before it begins the next. */
const overtaking = 'hanging-undos-are-overtaken';

/** As it stands in the timeline, and in the record of compensations. */
const keyOf = ({ name, subject }: Pick<Undo, 'name' | 'subject'>): string =>
  subject === undefined ? name : `${name}:${subject}`;

/** What has to be taken back, should the order, or a part of it, not go on. */
export class Undos {
  private readonly registered: Undo[] = [];
  private readonly forgotten = new Set<string>();
  private readonly leftToPeople: AttentionItem[] = [];

  constructor(
    private readonly life: OrderLife,
    private readonly attention: Attention,
    private readonly deadlines: Deadlines,
  ) {}

  /** What is due, in the order in which it is carried out: last registered, first undone. */
  get due(): readonly string[] {
    return this.registered.map(keyOf).reverse();
  }

  /**
   * Called before the step runs: a step whose answer was lost has to be undone as well. Quiet when
   * the undo is registered already, or is known to be needless: so it is for a step that cannot begin
   * any more.
   */
  register(undo: Undo): void {
    const key = keyOf(undo);
    if (this.forgotten.has(key) || CancellationScope.current().consideredCancelled) return;
    if (!this.registered.some((known) => keyOf(known) === key)) this.registered.push(undo);
  }

  /** Called when it is known for certain that there is nothing to take back. */
  forget(name: UndoName, subject?: string): void {
    const key = keyOf({ name, ...(subject !== undefined && { subject }) });
    this.forgotten.add(key);
    const index = this.registered.findIndex((known) => keyOf(known) === key);
    if (index >= 0) this.registered.splice(index, 1);
  }

  /** Takes back what is about one shipment alone. */
  unwindOf(subject: string): Promise<void> {
    return this.unwind((undo) => undo.subject === subject);
  }

  /** Takes everything back, in reverse, whatever is cancelled meanwhile, and around what hangs. */
  async unwind(isMeant: (undo: Undo) => boolean = () => true): Promise<void> {
    const meant = this.registered.filter(isMeant);
    meant.forEach(({ name, subject }) => {
      this.forget(name, subject);
    });
    await CancellationScope.nonCancellable(async () => {
      const hanging: Hanging[] = [];
      for (const undo of meant.reverse()) {
        const ahead = hanging.filter(({ name }) => name === undoneAfter[undo.name]);
        const late = ahead.length > 0 ? this.settleAfter(ahead, undo) : await this.settle(undo);
        if (late !== undefined) hanging.push(late);
      }
      if (hanging.length > 0) await Promise.all(hanging.map(({ end }) => end));
      await condition(() => this.leftToPeople.every(({ resolution }) => resolution !== undefined));
    });
  }

  /**
   * A task that was lost may have begun to take back what this one never did, and has said so. What it
   * did is taken back by now: a void gives back every capture, and every label is voided.
   */
  async settleOthers(recorded: readonly Fact[], due: readonly string[]): Promise<void> {
    const announced = recorded.flatMap((fact) =>
      fact.type === 'compensation.started' ? fact.undos : [],
    );
    for (const key of announced.filter((candidate) => !due.includes(candidate))) {
      const [name, subject] = key.split(':') as [UndoName, string | undefined];
      await this.note({ name, ...(subject !== undefined && { subject }) }, 'nothing_to_undo');
    }
  }

  /** What no undo can do: a person is asked once, and holds up the end, but none of the others. */
  async leaveToPerson(reason: AttentionReason, subject: string, exposure: Money): Promise<void> {
    if (this.leftToPeople.some((item) => item.subject === subject)) return;
    this.leftToPeople.push(await this.attention.raise(reason, subject, exposure));
  }

  /** @returns the undo if it hangs: it holds the order open, and not every undo behind it */
  private async settle(undo: Undo): Promise<Hanging | undefined> {
    const attempts = new UndoAttempts(keyOf(undo), undo.run);
    attempts.begin();
    if (await this.inTime(attempts)) {
      attempts.stop();
      return undefined;
    }
    const end = this.callForPerson(undo, attempts);
    if (patched(overtaking)) return { name: undo.name, end };
    await end;
    return undefined;
  }

  /** Behind those that it must not overtake. */
  private settleAfter(ahead: readonly Hanging[], undo: Undo): Hanging {
    const settle = async () => {
      await Promise.all(ahead.map(({ end }) => end));
      const hanging = await this.settle(undo);
      await hanging?.end;
    };
    return { name: undo.name, end: settle() };
  }

  /** Tries on, and has a person settle it, unless an attempt does. */
  private async callForPerson(undo: Undo, attempts: UndoAttempts): Promise<void> {
    do {
      const { isDone } = attempts;
      const decision = await this.attention.ask('undo_stuck', keyOf(undo), isDone, undo.exposure);
      if (decision?.choice === 'retry') attempts.begin();
      else if (decision !== undefined) {
        await this.setAside(undo, decision);
        break;
      }
    } while (!(await this.inTime(attempts)));
    attempts.stop();
  }

  private inTime({ isDone }: UndoAttempts): Promise<boolean> {
    return this.deadlines.until(isDone, this.life.input.serviceLevel.undoMs);
  }

  private setAside(undo: Undo, { choice }: AttentionResolution): Promise<void> {
    return this.note(undo, choice === 'mark_done' ? 'marked_done' : 'waived');
  }

  private async note(
    { name, subject }: Pick<Undo, 'name' | 'subject'>,
    result: FactOf<'undo.settled'>['result'],
  ): Promise<void> {
    const about = subject === undefined ? {} : { subject };
    await this.life.record(`undo-settled:${keyOf({ name, ...about })}`, [
      { type: 'undo.settled', undo: name, result, ...about },
    ]);
  }
}
