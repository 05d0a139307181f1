import { CancellationScope, isCancellation, log } from '@temporalio/workflow';

/** The attempts at one undo: any number of them side by side, and one that works is enough. */
export class UndoAttempts {
  /** What is still tried when the undo is settled is left: it would do the same once more. */
  readonly #scope = new CancellationScope();
  #isDone = false;

  constructor(
    private readonly name: string,
    private readonly run: () => Promise<unknown>,
  ) {}

  readonly isDone = (): boolean => this.#isDone;

  begin(): void {
    void this.#scope
      .run(this.run)
      .then(() => (this.#isDone = true))
      .catch((error: unknown) => {
        if (!isCancellation(error)) log.error('undo failed', { undo: this.name, error });
      });
  }

  stop(): void {
    this.#scope.cancel();
  }
}
