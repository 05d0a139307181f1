import { join } from 'node:path';
import { inheritedEnvironment, upConfig, type Environment, type UpConfig } from '../config.js';
import { migrateToLatest } from '../db/migrate.js';
import { seedCatalogue } from '../db/seed.js';
import { partNames, roleNames, type PartName, type RoleName } from './part.js';
import { choosePorts, type PortWish } from './ports.js';
import { startReaper } from './reaper.js';
import { roleEnvironment, rolePart, roleScript, type StackAddresses } from './roles.js';
import { loadSecrets } from './secrets.js';
import { statusOf, urlsOf } from './stack-status.js';
import { claimState, type Claim } from './state-folder.js';
import { writeStatus } from './status-file.js';
import { openPostgres, openTemporal, type StoreContext } from './stores.js';
import { Supervisor } from './supervisor.js';
import { dim, good } from './terminal.js';

export interface StackOptions {
  /** Data, logs and status.json lie here. */
  readonly stateDir: string;
  readonly ports: PortWish;
  readonly print: (line: string) => void;
  /** Default: all. */
  readonly roles?: readonly RoleName[];
  /** Overrides the variables that the supervisor sets. */
  readonly extraEnv?: Partial<Record<RoleName, Environment>>;
  /** Deletes the data of earlier starts. */
  readonly fresh?: boolean;
  /** Default: read from the environment. */
  readonly config?: UpConfig;
  /** Scripts that replace those of roles; for tests. */
  readonly scripts?: Partial<Record<RoleName, string>>;
  /** Stops a start midway. */
  readonly signal?: AbortSignal;
}

export type Ending =
  { readonly kind: 'stopped' } | { readonly kind: 'gave_up'; readonly reason: string };

const readyAgainLimitMs = 30_000;
const nameWidth = 10;

/** The stack that `startStack` gives. */
export class Stack {
  /** Resolves when all parts are gone, with the reason. */
  readonly ended: Promise<Ending>;
  /** The path of the Temporal CLI; undefined when TEMPORAL_ADDRESS made it unnecessary. */
  temporalCli: string | undefined;
  readonly #environment = inheritedEnvironment();
  readonly #reaper = startReaper(this.#environment);
  readonly #supervisor: Supervisor;
  readonly #breakOff = new AbortController();
  readonly #roles: readonly RoleName[];
  #addresses: StackAddresses | undefined;
  #stopping: Promise<void> | undefined;
  #ending: Ending = { kind: 'stopped' };
  #end: (ending: Ending) => void = () => undefined;

  constructor(
    private readonly options: StackOptions,
    private readonly claim: Claim,
  ) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#roles = options.roles ?? roleNames;
    this.#supervisor = new Supervisor({
      print: options.print,
      reaper: this.#reaper,
      onChange: () => {
        this.#writeStatus();
      },
      onGiveUp: (reason) => {
        if (this.#stopping === undefined) this.#ending = { kind: 'gave_up', reason };
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
    return this.#addresses === undefined ? {} : urlsOf(this.#addresses, this.#roles);
  }

  get pids(): Readonly<Partial<Record<PartName, number>>> {
    const pids = partNames.map((name) => [name, this.#supervisor.process(name)?.pid] as const);
    return Object.fromEntries(pids.filter(([, pid]) => pid !== undefined));
  }

  /** As an accident would; a part that ends of it is started again on the same port. */
  kill(part: PartName, signal: NodeJS.Signals): void {
    this.#supervisor.kill(part, signal);
  }

  /** @throws TimeLimitError after 30 s */
  waitUntilReady(part: PartName): Promise<void> {
    return this.#supervisor.waitUntilReady(part, readyAgainLimitMs);
  }

  /** The whole environment that the role was started with. */
  env(role: RoleName): Environment {
    if (this.#addresses === undefined) throw new Error('The stack is not started.');
    const { extraEnv = {} } = this.options;
    return { ...this.#environment, ...roleEnvironment(role, this.#addresses), ...extraEnv[role] };
  }

  /** The stores side by side, then the roles: the sandbox first, because the others talk to it. */
  async start(): Promise<void> {
    const context: StoreContext = {
      stateDir: this.claim.stateDir,
      print: this.options.print,
      environment: this.#environment,
      signal: this.#breakOff.signal,
      config: this.options.config ?? upConfig(),
      ports: await choosePorts(this.options.ports),
      secrets: loadSecrets(this.claim.stateDir),
      start: (part) => this.#supervisor.start(part, this.#breakOff.signal),
    };
    const [databases, temporal] = await this.#together([
      this.#openDatabases(context),
      this.#stage('temporal', () => openTemporal(context)),
    ]);
    this.temporalCli = temporal.cli;
    this.#addresses = {
      ...databases,
      ports: context.ports,
      secrets: context.secrets,
      temporalAddress: temporal.address,
      temporalNamespace: context.config.TEMPORAL_NAMESPACE,
      temporalUiUrl: temporal.uiUrl,
    };
    this.#writeStatus();
    if (this.#roles.includes('sandbox')) await this.#startRole('sandbox');
    const others = this.#roles.filter((role) => role !== 'sandbox');
    await this.#together(others.map((role) => this.#startRole(role)));
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
    this.claim.release();
    this.#end(this.#ending);
  }

  #writeStatus(): void {
    if (this.#addresses === undefined || this.#stopping !== undefined) return;
    const parts = statusOf(this.#addresses, this.#roles, (name) => this.#supervisor.process(name));
    writeStatus(this.claim.stateDir, { ...parts, supervisor: this.claim.supervisor });
  }

  async #openDatabases(context: StoreContext) {
    const databases = await this.#stage('postgres', () => openPostgres(context));
    await this.#stage('migrate', async () => {
      const names = await migrateToLatest(databases.databaseUrl);
      await seedCatalogue(databases.databaseUrl);
      return { detail: names.length === 0 ? 'nothing to do' : `${names.length} migrations` };
    });
    return databases;
  }

  async #startRole(role: RoleName): Promise<void> {
    const part = rolePart({
      role,
      script: this.options.scripts?.[role] ?? roleScript(role),
      environment: this.env(role),
      logFile: join(this.claim.stateDir, 'logs', `${role}.log`),
    });
    await this.#stage(role, async () => {
      await this.#supervisor.start(part, this.#breakOff.signal);
      return { detail: 'ready' };
    });
  }

  /** Shows a step that went well, with what came of it and how long it took. */
  async #stage<Outcome extends { readonly detail: string }>(
    name: string,
    work: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const startedAt = Date.now();
    const outcome = await work();
    const time = dim(`${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    this.options.print(`${good('✓')} ${name.padEnd(nameWidth)} ${outcome.detail}  ${time}`);
    return outcome;
  }

  /** Side by side; the first failure breaks the others off, and all of them have ended then. */
  async #together<Results extends readonly Promise<unknown>[]>(
    work: readonly [...Results],
  ): Promise<{ -readonly [Index in keyof Results]: Awaited<Results[Index]> }> {
    try {
      return await Promise.all(work);
    } catch (error) {
      this.#breakOff.abort(error);
      await Promise.allSettled(work);
      throw error;
    }
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
