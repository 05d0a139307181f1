import type { Environment, UpConfig } from '../config.js';
import { LocalStack } from './local-stack.js';
import type { PartName, RoleName } from './part.js';
import type { PortWish } from './ports.js';
import { claimState } from './state-folder.js';
import type { Paint } from './terminal.js';

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

export interface Stack {
  /** By name: `api`, `temporal` (host and port), `temporal_ui`, `sandbox`, `inbox`, `database`, … */
  readonly urls: Readonly<Record<string, string>>;
  /** The path of the Temporal CLI; undefined when TEMPORAL_ADDRESS made it unnecessary. */
  readonly temporalCli: string | undefined;
  readonly pids: Readonly<Partial<Record<PartName, number>>>;
  /** Resolves when all parts are gone, with the reason. */
  readonly ended: Promise<Ending>;
  /** As an accident would; a part that ends of it is started again on the same port. */
  kill(part: PartName, signal: NodeJS.Signals): void;
  /** @throws TimeLimitError after limitMs, 30 s unless said otherwise */
  waitUntilReady(part: PartName, limitMs?: number): Promise<void>;
  /** The whole environment that the role was started with. */
  env(role: RoleName): Environment;
  stop(): Promise<void>;
  /** No grace: for the second Ctrl-C. */
  killAtOnce(): void;
}

/**
 * Starts everything in order of readiness and keeps it running.
 * @throws AlreadyRunningError, NoTemporalError, PartError; nothing is left running then
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const claim = await claimState(options.stateDir, { fresh: options.fresh ?? false });
  const stack = new LocalStack(options, claim);
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
