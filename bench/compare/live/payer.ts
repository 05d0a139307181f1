import type { KeptProcess } from '../../prove-events/kept-process.js';

/** So long a killed process stays away before it is started again. */
export const restMs = 3_000;

/** The process that carries out an arm's payments, and what was done to it. */
export class Payer {
  readonly #killsMs: number[] = [];
  #runsSinceMs: number | undefined = Date.now();

  constructor(private readonly process: Pick<KeptProcess, 'kill'>) {}

  /** When it was killed, the last time last. */
  get killsMs(): readonly number[] {
    return this.#killsMs;
  }

  /** Nothing while it is away. */
  get runsSinceMs(): number | undefined {
    return this.#runsSinceMs;
  }

  /** SIGKILL at once; resolves when it is back. */
  async kill(): Promise<void> {
    this.#runsSinceMs = undefined;
    const back = this.process.kill(restMs);
    this.#killsMs.push(Date.now());
    await back;
    this.#runsSinceMs = Date.now();
  }
}

/** The button: one blow at a time, on all payers at the same moment. */
export class KillButton {
  #isDown = false;

  constructor(
    private readonly payers: readonly Pick<Payer, 'kill'>[],
    private readonly onError: (error: unknown) => void,
  ) {}

  get isDown(): boolean {
    return this.#isDown;
  }

  /** @returns false when the last blow is not over yet: then nothing happens */
  press(): boolean {
    if (this.#isDown) return false;
    this.#isDown = true;
    Promise.all(this.payers.map((payer) => payer.kill()))
      .catch(this.onError)
      .finally(() => {
        this.#isDown = false;
      });
    return true;
  }
}
