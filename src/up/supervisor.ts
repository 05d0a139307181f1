import type { RunningChild } from './child-process.js';
import { SupervisedProcess } from './supervised-process.js';
import type { Part, PartName } from './part.js';
import type { Reaper } from './reaper.js';
import type { Paint } from './terminal.js';

export interface SupervisorOptions {
  readonly print: (line: string) => void;
  readonly paint: Paint;
  readonly reaper: Reaper;
  /** Called whenever a part runs as another process than before. */
  readonly onChange: () => void;
  /** Called once, when a part died too often to be started again. */
  readonly onGiveUp: (reason: string) => void;
}

/** All parts of one stack: started one by one, kept running, stopped in reverse. */
export class Supervisor {
  readonly #kept = new Map<PartName, SupervisedProcess>();
  #isStopping = false;

  constructor(private readonly options: SupervisorOptions) {}

  /** @throws PartError when the part ends before it was ever ready */
  async start(part: Part, signal?: AbortSignal): Promise<void> {
    const { reaper } = this.options;
    const kept = await SupervisedProcess.start(
      part,
      {
        launched: (launched, child) => {
          reaper.watch(launched, child);
        },
        ready: () => {
          this.options.onChange();
        },
        died: (dead, reason, tail) => {
          this.#reportDeath(dead, reason, tail);
        },
        stayedDown: (dead, reason) => {
          this.options.onGiveUp(`${dead.name} ${reason}`);
        },
      },
      signal,
    );
    this.#kept.set(part.name, kept);
    this.options.onChange();
  }

  /** The process that is the part now; undefined when the part is not ours or not started. */
  process(name: PartName): RunningChild | undefined {
    return this.#kept.get(name)?.child;
  }

  kill(name: PartName, signal: NodeJS.Signals): void {
    this.#part(name).kill(signal);
  }

  /** @throws TimeLimitError */
  async waitUntilReady(name: PartName, limitMs: number): Promise<void> {
    await this.#part(name).waitUntilReady(limitMs);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const parts = [...this.#kept.values()];
    const orders = [...new Set(parts.map(({ part }) => part.order))].sort((a, b) => b - a);
    for (const order of orders) {
      const wave = parts.filter(({ part }) => part.order === order);
      await Promise.allSettled(wave.map((kept) => kept.stop()));
    }
  }

  /** No grace: for the second Ctrl-C. */
  killAtOnce(): void {
    this.#isStopping = true;
    for (const kept of this.#kept.values()) kept.killAtOnce();
  }

  #part(name: PartName): SupervisedProcess {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new Error(`${name} was not started here.`);
    return kept;
  }

  #reportDeath(part: Part, reason: string, tail: readonly string[]): void {
    if (this.#isStopping) return;
    const { print, paint } = this.options;
    print(`${paint.bad('✗')} ${part.name} ${reason}; it is started again`);
    for (const line of tail) print(paint.dim(`    ${line}`));
  }
}
