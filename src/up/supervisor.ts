import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../runtime/deadline.js';
import type { RunningChild } from './child-process.js';
import { describeExit, messageOf, PartError, startPart, type Part, type PartName } from './part.js';
import { inWaves } from './process-identity.js';
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
  readonly #processes = new Map<PartName, SupervisedProcess>();
  #isStopping = false;

  constructor(private readonly options: SupervisorOptions) {}

  /** @throws PartError when the part ends before it was ever ready */
  async start(part: Part, signal: AbortSignal): Promise<void> {
    const { reaper, onChange } = this.options;
    const onLaunch = (launched: RunningChild) => {
      reaper.watch(part, launched);
    };
    const child = await startPart(part, { onLaunch, signal });
    const report = (reason: string, tail: readonly string[]) => {
      if (!this.#isStopping) this.#reportDeath(part, reason, tail);
    };
    this.#processes.set(part.name, new SupervisedProcess(part, child, this.options, report));
    onChange();
  }

  /** The process that is the part now; undefined when the part is not ours or not started. */
  process(name: PartName): RunningChild | undefined {
    return this.#processes.get(name)?.child;
  }

  kill(name: PartName, signal: NodeJS.Signals): void {
    this.#supervised(name).kill(signal);
  }

  /** @throws TimeLimitError */
  async waitUntilReady(name: PartName, limitMs: number): Promise<void> {
    const supervised = this.#supervised(name);
    await waitFor(() => supervised.isReady, { what: `${name} to be ready`, limitMs });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await inWaves([...this.#processes.values()], (supervised) => supervised.stop());
  }

  /** No grace: for the second Ctrl-C. */
  killAtOnce(): void {
    this.#isStopping = true;
    for (const supervised of this.#processes.values()) supervised.killAtOnce();
  }

  #supervised(name: PartName): SupervisedProcess {
    const supervised = this.#processes.get(name);
    if (supervised === undefined) throw new Error(`${name} was not started here.`);
    return supervised;
  }

  #reportDeath(part: Part, reason: string, tail: readonly string[]): void {
    const { print, paint } = this.options;
    print(`${paint.bad('✗')} ${part.name} ${reason}; it is started again`);
    for (const line of tail) print(paint.dim(`    ${line}`));
  }
}

const deathsLimit = 5;
const deathsWindowMs = 60_000;
const pausesMs = [0, 250, 1_000, 2_000];
const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT']);

/** Keeps one part running: a part that dies after it was ready once is started again. */
class SupervisedProcess {
  isReady = true;
  #deathTimes: readonly number[] = [];
  readonly #stopping = new AbortController();
  readonly #watch: Promise<void>;

  constructor(
    private readonly part: Part,
    public child: RunningChild,
    private readonly options: SupervisorOptions,
    private readonly report: (reason: string, tail: readonly string[]) => void,
  ) {
    this.#watch = this.#keepRunning();
  }

  get order(): number {
    return this.part.order;
  }

  /** Signals the part as an accident would: it is started again if it ends of it. */
  kill(signal: NodeJS.Signals): void {
    if (endingSignals.has(signal)) this.isReady = false;
    this.child.signal(signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.child.stop(this.part.stopSignal, this.part.graceMs);
    await this.#watch;
  }

  killAtOnce(): void {
    this.#stopping.abort(new Error('killed'));
    this.child.signal('SIGKILL');
  }

  async #keepRunning(): Promise<void> {
    do {
      const exit = await this.child.exited;
      if (this.#isStopping()) return;
      this.isReady = false;
      this.#countDeath(describeExit(exit), this.child.tail());
    } while (await this.#startAgain());
  }

  async #startAgain(): Promise<boolean> {
    while (this.#deathTimes.length < deathsLimit) {
      await delay(pausesMs[this.#deathTimes.length - 1] ?? pausesMs.at(-1));
      if (this.#isStopping()) return false;
      try {
        await this.#restart();
        return true;
      } catch (error) {
        if (this.#isStopping()) return false;
        this.#countDeath(messageOf(error), error instanceof PartError ? error.tail : []);
      }
    }
    const often = `${deathsLimit} times within ${deathsWindowMs / 1000} s`;
    this.options.onGiveUp(`${this.part.name} died ${often}`);
    return false;
  }

  async #restart(): Promise<void> {
    await startPart(this.part, {
      signal: this.#stopping.signal,
      onLaunch: (child) => {
        this.child = child;
        this.options.reaper.watch(this.part, child);
      },
    });
    this.isReady = true;
    this.options.onChange();
  }

  #countDeath(reason: string, tail: readonly string[]): void {
    const now = Date.now();
    const recent = this.#deathTimes.filter((time) => now - time < deathsWindowMs);
    this.#deathTimes = [...recent, now];
    this.report(reason, tail);
  }

  /** A method, so that the compiler does not take an earlier answer for a lasting one. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
