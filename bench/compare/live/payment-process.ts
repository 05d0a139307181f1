import type { SupervisedProcess } from '../../harness/supervised-process.js';

export const restMs = 3_000;

export class PaymentProcess {
  readonly killsMs: number[] = [];
  runsSinceMs: number | undefined = Date.now();

  constructor(private readonly process: SupervisedProcess) {}

  async kill(): Promise<void> {
    this.runsSinceMs = undefined;
    const back = this.process.kill(restMs);
    this.killsMs.push(Date.now());
    await back;
    this.runsSinceMs = Date.now();
  }
}

/** One kill at a time, of all payment processes at the same moment. */
export class KillButton {
  isDown = false;

  constructor(
    private readonly processes: readonly Pick<PaymentProcess, 'kill'>[],
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @returns false while not all run again: then nothing happens */
  press(): boolean {
    if (this.isDown) return false;
    this.isDown = true;
    Promise.all(this.processes.map((one) => one.kill()))
      .catch(this.onError)
      .finally(() => {
        this.isDown = false;
      });
    return true;
  }
}
