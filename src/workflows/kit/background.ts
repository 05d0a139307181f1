import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { Attention } from './attention.js';
import type { OrderRecorder } from './recorder.js';

/**
 * What is done beside the main line. It never rolls the order back and never holds it up: what fails
 * for good becomes work for a person.
 */
export class Background {
  /** Cancelled by `stop()` alone, and not with the order. */
  private scope = uncancelled();
  private readonly running: Promise<void>[] = [];

  constructor(
    private readonly recorder: OrderRecorder,
    private readonly attention: Attention,
  ) {}

  /** @param name in the attention item, should it fail for good */
  run(name: string, step: () => Promise<unknown>): void {
    const running = this.scope.run(() => this.attempt(name, step));
    this.running.push(running.catch(unlessCancelled));
  }

  /** Stops what is still being tried, and waits for what can't be stopped. */
  async stop(): Promise<void> {
    this.scope.cancel();
    await this.allDone();
    this.scope = uncancelled();
  }

  async allDone(): Promise<void> {
    await Promise.all(this.running);
  }

  /** One that fails for good can be tried again by a person, or be left. */
  private async attempt(name: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (isCancellation(error)) return;
      log.error('a step beside the main line failed for good', { name, error });
      await this.askForHelp(name, step);
    }
  }

  /** Not while the order stops: it may be about to take back what the step was for. */
  private async askForHelp(name: string, step: () => Promise<unknown>): Promise<void> {
    const isAtEnd = () => this.recorder.state.stage === 'done';
    await condition(() => !this.recorder.isStopping || isAtEnd());
    const item = await this.attention.raise('side_step_failed', name);
    await condition(() => isAtEnd() || item.resolution !== undefined).catch(() => undefined);
    if (item.resolution?.choice === 'retry') await this.attempt(name, step);
  }
}

/** What is being stopped cannot ask for help, and needs none: its compensation comes next. */
function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

const uncancelled = (): CancellationScope =>
  new CancellationScope({
    cancellable: true,
    parent: new CancellationScope({ cancellable: false }),
  });
