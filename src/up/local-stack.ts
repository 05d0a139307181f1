import { inheritedEnvironment, type Environment } from '../config.js';
import {
  environmentOf,
  openInfrastructure,
  rolesOf,
  startRoles,
  type StartContext,
} from './assembly.js';
import { partNames, type PartName, type RoleName } from './part.js';
import { startReaper } from './reaper.js';
import type { Ending, Stack, StackOptions } from './stack.js';
import { statusOf, urlsOf, type StackFacts } from './stack-status.js';
import type { Claim } from './state-folder.js';
import { writeStatus } from './status-file.js';
import { Supervisor } from './supervisor.js';
import { createPaint } from './terminal.js';

const readyAgainLimitMs = 30_000;

/** The stack that `startStack` gives. */
export class LocalStack implements Stack {
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
    this.#context = this.#contextOf(options, environment);
    this.#supervisor = this.#supervisorOf(options);
    const { signal } = options;
    signal?.addEventListener('abort', () => {
      this.#breakOff.abort(signal.reason);
    });
    if (signal?.aborted === true) this.#breakOff.abort(signal.reason);
  }

  get urls(): Readonly<Record<string, string>> {
    return this.#facts === undefined ? {} : urlsOf(this.#current(this.#facts));
  }

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

  kill(part: PartName, signal: NodeJS.Signals): void {
    this.#supervisor.kill(part, signal);
  }

  waitUntilReady(part: PartName, limitMs = readyAgainLimitMs): Promise<void> {
    return this.#supervisor.waitUntilReady(part, limitMs);
  }

  env(role: RoleName): Environment {
    if (this.#facts === undefined) throw new Error('The stack is not started.');
    return environmentOf(this.#context, role, this.#facts.addresses);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

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

  #contextOf(options: StackOptions, environment: Environment): StartContext {
    return {
      options,
      environment,
      stateDir: this.#claim.stateDir,
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
  }

  #supervisorOf({ print }: StackOptions): Supervisor {
    return new Supervisor({
      print,
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
  }

  #writeStatus(): void {
    if (this.#facts === undefined || this.#stopping !== undefined) return;
    writeStatus(this.#claim.stateDir, statusOf(this.#current(this.#facts)));
  }

  #current(facts: StackFacts): StackFacts {
    return { ...facts, roleUrls: this.#roleUrls };
  }
}
