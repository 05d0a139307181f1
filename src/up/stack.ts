import { inheritedEnvironment, type Environment, type UpConfig } from '../config.js';
import {
  environmentOf,
  openInfrastructure,
  rolesOf,
  startRoles,
  type StartContext,
} from './assembly.js';
import { partNames, type PartName, type RoleName } from './part.js';
import type { PortWish } from './ports.js';
import { startReaper } from './reaper.js';
import { statusOf, urlsOf, type StackFacts } from './stack-status.js';
import { claimState, type Claim } from './state-folder.js';
import { writeStatus } from './status-file.js';
import { Supervisor } from './supervisor.js';
import { createPaint, type Paint } from './terminal.js';

export interface StackOptions {
  /** Data, logs and status.json lie here. */
  readonly stateDir: string;
  readonly ports: PortWish;
  readonly print: (line: string) => void;
  /** `memory` forgets all workflows when Temporal ends, also when it is started again. */
  readonly temporal: 'file' | 'memory';
  /** Default: all. */
  readonly roles?: readonly RoleName[];
  /** Wins over what the supervisor tells a role. */
  readonly extraEnv?: Partial<Record<RoleName, Environment>>;
  /** Puts the example catalogue into the database; default: yes. */
  readonly seed?: boolean;
  /** Forgets the data of earlier starts. */
  readonly fresh?: boolean;
  readonly paint?: Paint;
  /** Default: read from the environment. */
  readonly config?: UpConfig;
  /** Scripts that stand in for roles; for tests. */
  readonly scripts?: Partial<Record<RoleName, string>>;
  /** Stops a start midway. */
  readonly signal?: AbortSignal;
}

export type Ending =
  { readonly kind: 'stopped' } | { readonly kind: 'gave_up'; readonly reason: string };

const readyAgainLimitMs = 30_000;

/** The stack that `startStack` gives. */
export class Stack {
  /** Resolves when all parts are gone, with the reason. */
  readonly ended: Promise<Ending>;
  readonly #claim: Claim;
  readonly #context: StartContext;
  readonly #reaper;
  readonly #supervisor: Supervisor;
  readonly #breakOff = new AbortController();
  #roleUrls: Readonly<Record<string, string>> = {};
  #facts: StackFacts | undefined;
  #stopping: Promise<void> | undefined;
  #stayedDown: string | undefined;
  #end: (ending: Ending) => void = () => undefined;

  constructor(options: StackOptions, claim: Claim) {
    this.#claim = claim;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const environment = inheritedEnvironment();
    this.#reaper = startReaper(environment);
    this.#context = {
      options,
      environment,
      stateDir: claim.stateDir,
      paint: options.paint ?? createPaint(false),
      signal: this.#breakOff.signal,
      breakOff: (reason) => {
        this.#breakOff.abort(reason);
      },
      start: (part) => this.#supervisor.start(part, this.#breakOff.signal),
      onUrls: (urls) => {
        this.#roleUrls = { ...this.#roleUrls, ...urls };
      },
    };
    this.#supervisor = new Supervisor({
      print: options.print,
      paint: this.#context.paint,
      reaper: this.#reaper,
      onChange: () => {
        this.#writeStatus();
      },
      onGiveUp: (reason) => {
        this.#stayedDown ??= reason;
        void this.stop();
      },
    });
    const { signal } = options;
    signal?.addEventListener('abort', () => {
      this.#breakOff.abort(signal.reason);
    });
    if (signal?.aborted === true) this.#breakOff.abort(signal.reason);
  }

  /** By name: `api`, `temporal` (host and port), `temporal_ui`, `sandbox`, `inbox`, `database`, … */
  get urls(): Readonly<Record<string, string>> {
    return this.#facts === undefined ? {} : urlsOf(this.#current(this.#facts));
  }

  /** The path of the Temporal CLI; undefined when TEMPORAL_ADDRESS made it unnecessary. */
  get temporalCli(): string | undefined {
    return this.#facts?.temporal.cli;
  }

  get pids(): Readonly<Partial<Record<PartName, number>>> {
    const pids = partNames.map((name) => [name, this.#supervisor.process(name)?.pid] as const);
    return Object.fromEntries(pids.filter(([, pid]) => pid !== undefined));
  }

  async start(): Promise<void> {
    const { addresses, temporal } = await openInfrastructure(this.#context);
    this.#facts = {
      supervisor: this.#claim.supervisor,
      addresses,
      temporal,
      roles: rolesOf(this.#context.options),
      roleUrls: {},
      process: (name) => this.#supervisor.process(name),
    };
    this.#writeStatus();
    await startRoles(this.#context, addresses);
  }

  /** As an accident would; a part that ends of it is started again on the same port. */
  kill(part: PartName, signal: NodeJS.Signals): void {
    this.#supervisor.kill(part, signal);
  }

  /** @throws TimeLimitError after limitMs, 30 s unless said otherwise */
  waitUntilReady(part: PartName, limitMs = readyAgainLimitMs): Promise<void> {
    return this.#supervisor.waitUntilReady(part, limitMs);
  }

  /** The whole environment that the role was started with. */
  env(role: RoleName): Environment {
    if (this.#facts === undefined) throw new Error('The stack is not started.');
    return environmentOf(this.#context, role, this.#facts.addresses);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** No grace: for the second Ctrl-C. */
  killAtOnce(): void {
    this.#supervisor.killAtOnce();
  }

  async #stopAll(): Promise<void> {
    this.#breakOff.abort(new Error('stopped'));
    await this.#supervisor.stop();
    this.#reaper.dismiss();
    this.#claim.release();
    const reason = this.#stayedDown;
    this.#end(reason === undefined ? { kind: 'stopped' } : { kind: 'gave_up', reason });
  }

  #writeStatus(): void {
    if (this.#facts === undefined || this.#stopping !== undefined) return;
    writeStatus(this.#claim.stateDir, statusOf(this.#current(this.#facts)));
  }

  #current(facts: StackFacts): StackFacts {
    return { ...facts, roleUrls: this.#roleUrls };
  }
}

/**
 * Starts everything in order of readiness and keeps it running.
 * @throws AlreadyRunningError, PartError, or Error when no Temporal was found; nothing is left running then
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const claim = await claimState(options.stateDir, { fresh: options.fresh ?? false });
  const stack = new Stack(options, claim);
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
