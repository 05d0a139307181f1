import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunningChild, type Launch } from '../../src/up/child-process.js';
import { within } from '../../src/runtime/deadline.js';

const readyLimitMs = 60_000;
const restartMs = 200;
const killLimitMs = 10_000;

/** A process that is started again whenever it ends, until it is stopped. */
export class KeptProcess {
  /** How often it ended though nobody had killed it. */
  ownEnds = 0;
  readonly #running: Promise<void>;
  readonly #messages = new EventEmitter();
  #child: RunningChild | undefined;
  readonly #stopping = new AbortController();
  #isKilled = false;
  #restMs = restartMs;

  private constructor(
    private readonly launch: () => Launch,
    private readonly onReady: (message: unknown) => void,
  ) {
    this.#running = this.#keep();
  }

  /** Resolves when it runs for the first time. */
  static async start(
    launch: () => Launch,
    onReady: (message: unknown) => void = () => undefined,
  ): Promise<KeptProcess> {
    const kept = new KeptProcess(launch, onReady);
    try {
      await kept.#ready();
    } catch (error) {
      await kept.stop();
      throw error;
    }
    return kept;
  }

  /** Of the process that runs now, or ran last. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** SIGKILL; it comes again after the rest. Resolves when it is ready again. */
  kill(restMs: number): Promise<void> {
    return this.#end('SIGKILL', restMs);
  }

  /** Ends in order, and comes again at once, as for a new version. */
  renew(): Promise<void> {
    return this.#end('SIGTERM', 0);
  }

  /** It neither runs nor ends, so that nobody hears of it. */
  async pause(ms: number): Promise<void> {
    const child = this.#child;
    child?.signal('SIGSTOP');
    await sleep(ms);
    child?.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#child?.signal('SIGKILL');
    await within(this.#running, killLimitMs, 'a process to end');
  }

  async #end(signal: NodeJS.Signals, restMs: number): Promise<void> {
    this.#isKilled = true;
    this.#restMs = restMs;
    const ready = this.#ready();
    this.#child?.signal(signal);
    await ready;
  }

  /** A call, since it changes while others wait. */
  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #ready(): Promise<void> {
    await within(once(this.#messages, 'ready'), readyLimitMs, 'a process to be ready');
  }

  async #keep(): Promise<void> {
    while (!this.#isStopping()) {
      const child = await RunningChild.launch(this.launch());
      this.#child = child;
      child.onMessage((message) => {
        this.onReady(message);
        this.#messages.emit('ready');
      });
      if (this.#isStopping()) child.signal('SIGKILL');
      await child.exited;
      if (!this.#isKilled && !this.#isStopping()) this.ownEnds += 1;
      this.#isKilled = false;
      if (!this.#isStopping()) await sleep(this.#restMs);
      this.#restMs = restartMs;
    }
  }
}
