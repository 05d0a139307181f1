import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../runtime/deadline.js';
import type { RunningChild } from './child-process.js';
import { describeExit, messageOf, PartError, startPart, type Part, type PartName } from './part.js';
import { inWaves } from './process-identity.js';
import type { Reaper } from './reaper.js';
import { bad, dim } from './terminal.js';

export interface SupervisorOptions {
  readonly print: (line: string) => void;
  readonly reaper: Reaper;
  /** Called whenever a part runs as another process than before. */
  readonly onChange: () => void;
  /** Called when a part died too often to be started again. */
  readonly onGiveUp: (reason: string) => void;
}

/** All parts of one stack: started one by one, kept running, stopped in reverse. */
export class Supervisor {
  readonly #processes = new Map<PartName, SupervisedProcess>();

  constructor(private readonly options: SupervisorOptions) {}

  /** @throws PartError when the part ends before it was ever ready */
  async start(part: Part, signal: AbortSignal): Promise<void> {
    const supervised = new SupervisedProcess(part, this.options);
    await supervised.start(signal);
    this.#processes.set(part.name, supervised);
    this.options.onChange();
  }

  /** The process that is the part now; undefined when the part is not ours or not started. */
  process(name: PartName): RunningChild | undefined {
    return this.#processes.get(name)?.child;
  }

  /** Signals a part as an accident would: it is started again if it ends of it. */
  kill(name: PartName, signal: NodeJS.Signals): void {
    const supervised = this.#supervised(name);
    if (endingSignals.has(signal)) supervised.isReady = false;
    supervised.child?.signal(signal);
  }

  /** @throws TimeLimitError */
  async waitUntilReady(name: PartName, limitMs: number): Promise<void> {
    const supervised = this.#supervised(name);
    await waitFor(() => supervised.isReady, { what: `${name} to be ready`, limitMs });
  }

  async stop(): Promise<void> {
    this.#restartNone();
    await inWaves([...this.#processes.values()], (supervised) => supervised.stop());
  }

  /** No grace: for the second Ctrl-C. */
  killAtOnce(): void {
    this.#restartNone();
    for (const { child } of this.#processes.values()) child?.signal('SIGKILL');
  }

  #restartNone(): void {
    for (const { stopping } of this.#processes.values()) stopping.abort(new Error('stopped'));
  }

  #supervised(name: PartName): SupervisedProcess {
    const supervised = this.#processes.get(name);
    if (supervised === undefined) throw new Error(`${name} was not started here.`);
    return supervised;
  }
}

const deathsLimit = 5;
const deathsWindowMs = 60_000;
const pausesMs = [0, 250, 1_000, 2_000];
const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT']);

/** Keeps one part running: a part that dies after it was ready once is started again. */
class SupervisedProcess {
  isReady = false;
  child: RunningChild | undefined;
  readonly order: number;
  /** Once aborted, it is not started again. */
  readonly stopping = new AbortController();
  #deathTimes: readonly number[] = [];
  #watch: Promise<void> | undefined;

  constructor(
    private readonly part: Part,
    private readonly options: SupervisorOptions,
  ) {
    this.order = part.order;
  }

  async start(signal: AbortSignal): Promise<void> {
    const onLaunch = (child: RunningChild) => {
      this.child = child;
      this.options.reaper.watch(this.part, child);
    };
    const child = await startPart(this.part, { signal, onLaunch });
    this.isReady = true;
    this.#watch ??= this.#keepRunning(child);
  }

  async stop(): Promise<void> {
    await this.child?.stop(this.part.stopSignal, this.part.graceMs);
    await this.#watch;
  }

  async #keepRunning(first: RunningChild): Promise<void> {
    let child: RunningChild | undefined = first;
    while (child !== undefined) {
      const exit = await child.exited;
      if (this.#isStopping()) return;
      this.isReady = false;
      this.#countDeath(describeExit(exit), child.tail());
      child = await this.#startAgain();
    }
  }

  /** @returns undefined when it is to stay down */
  async #startAgain(): Promise<RunningChild | undefined> {
    while (this.#deathTimes.length < deathsLimit) {
      await delay(pausesMs[this.#deathTimes.length - 1] ?? pausesMs.at(-1));
      if (this.#isStopping()) return undefined;
      try {
        await this.start(this.stopping.signal);
        this.options.onChange();
        return this.child;
      } catch (error) {
        if (this.#isStopping()) return undefined;
        this.#countDeath(messageOf(error), error instanceof PartError ? error.tail : []);
      }
    }
    const often = `${deathsLimit} times within ${deathsWindowMs / 1000} s`;
    this.options.onGiveUp(`${this.part.name} died ${often}`);
    return undefined;
  }

  #countDeath(reason: string, tail: readonly string[]): void {
    const now = Date.now();
    const recent = this.#deathTimes.filter((time) => now - time < deathsWindowMs);
    this.#deathTimes = [...recent, now];
    const { print } = this.options;
    print(`${bad('✗')} ${this.part.name} ${reason}; it is started again`);
    for (const line of tail) print(dim(`    ${line}`));
  }

  /** A method, so that the compiler does not take an earlier answer for a lasting one. */
  #isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}
