import { CancellationScope, condition, log } from '@temporalio/workflow';
import type { UndoName } from '../../domain/saga.js';
import type { OrderLife } from './order-life.js';

type Undo = () => Promise<unknown>;

/** What has to be taken back, should the order not go on. Last registered, first undone. */
export class Undos {
  private readonly registered: { readonly name: UndoName; readonly undo: Undo }[] = [];
  private readonly forgotten = new Set<UndoName>();

  constructor(private readonly life: OrderLife) {}

  get isEmpty(): boolean {
    return this.registered.length === 0;
  }

  /**
   * Called before the step runs: a step whose answer was lost has to be undone as well. Quiet when
   * the undo is registered already, or is known to be needless.
   */
  register(name: UndoName, undo: Undo): void {
    if (this.forgotten.has(name)) return;
    if (!this.registered.some((entry) => entry.name === name)) this.registered.push({ name, undo });
  }

  /** Called when it is known for certain that there is nothing to take back. */
  forget(name: UndoName): void {
    this.forgotten.add(name);
    const index = this.registered.findIndex((entry) => entry.name === name);
    if (index >= 0) this.registered.splice(index, 1);
  }

  /** Takes everything back, in reverse, whatever is cancelled meanwhile. */
  async unwind(): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (const { name, undo } of this.registered.splice(0).reverse()) {
        await this.settle(name, undo);
      }
    });
  }

  /** An undo that takes long, or fails, holds the order open and calls for a person; others go on. */
  private async settle(name: UndoName, undo: Undo): Promise<void> {
    let settled = false;
    const running = undo()
      .then(
        () => true,
        (error: unknown) => {
          log.error('undo failed', { name, error });
          return false;
        },
      )
      .finally(() => (settled = true));
    const { undoMs } = this.life.input.serviceLevel;
    const inTime = await condition(() => settled, undoMs, { summary: `${name} is overdue` });
    if (inTime && (await running)) return;

    await this.life.raiseAttention('undo_stuck', name);
    this.life.publish();
    if (await running) await this.life.resolveAttention('undo_stuck', name);
  }
}
