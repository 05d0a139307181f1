import { ConfigError } from './config.js';
import type { Logger } from './logger.js';

export interface RunningRole {
  /** What the supervisor prints, by name. */
  readonly urls?: Readonly<Record<string, string>>;
  /** Rejects when the role died by itself. */
  readonly ended?: Promise<void>;
  stop(): Promise<void>;
}

const badConfigExitCode = 2;

/**
 * The life of a process: start, say that it is ready, stop once on a signal or when the supervisor
 * is gone, and end by force when stopping takes too long.
 * @param stopLimitMs after which the process ends all the same
 */
export async function runRole(
  createLog: () => Logger,
  start: (log: Logger) => Promise<RunningRole>,
  stopLimitMs: number,
): Promise<void> {
  try {
    const log = createLog();
    const role = await start(log);
    stopOnSignal(role, log, stopLimitMs);
    process.send?.({ type: 'ready', urls: role.urls ?? {} });
    log.info({ urls: role.urls }, 'ready');
    await role.ended;
  } catch (error) {
    end(error);
  }
}

function stopOnSignal(role: RunningRole, log: Logger, stopLimitMs: number): void {
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    role.stop().then(() => process.exit(0), end);
  };
  process.once('SIGTERM', () => {
    stop('SIGTERM');
  });
  process.once('SIGINT', () => {
    stop('SIGINT');
  });
  process.once('disconnect', () => {
    stop('the supervisor is gone');
  });
}

function end(error: unknown): never {
  const message = error instanceof ConfigError ? error.message : error;
  process.stderr.write(`${message instanceof Error ? (message.stack ?? '') : String(message)}\n`);
  process.exit(error instanceof ConfigError ? badConfigExitCode : 1);
}
