import { dirname } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { searchAttributes } from '../../domain/search-attributes.js';
import type { Environment } from '../../config.js';
import { startUnsupervised, type Part } from '../part.js';
import type { Reaper } from '../reaper.js';
import { namespaceAnswers } from './namespace.js';

export interface DevServerOptions {
  readonly binary: string;
  readonly port: number;
  /** Without one the server has no Web UI. */
  readonly uiPort?: number;
  /** Without one everything is forgotten at the end. */
  readonly dbFilename?: string;
  readonly namespace: string;
  readonly logFile: string;
  readonly environment: Environment;
}

/**
 * With one shard, as here, the default poll rates make every hop wait up to 50 ms; the rest lifts
 * request limits, so that the machine is the only limit.
 */
const dynamicConfig = {
  'history.transferProcessorMaxPollRPS': 10_000,
  'history.timerProcessorMaxPollRPS': 10_000,
  'history.visibilityProcessorMaxPollRPS': 1_000,
  'history.rps': 50_000,
  'matching.rps': 50_000,
  'frontend.rps': 50_000,
  'frontend.namespaceRPS': 50_000,
  'frontend.namespaceRPS.visibility': 1_000,
  'frontend.namespaceCount': 10_000,
  'frontend.enableServerVersionCheck': false,
  'system.enableActivityEagerExecution': true,
  'system.enableEagerWorkflowStart': true,
  // A workflow whose task fails is marked at the second failure; a server marks it at the fifth by itself.
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': 2,
} as const;

/** The order below which the other parts stand: Temporal ends after the roles. */
const order = 1;

/** The development server as a part that the supervisor keeps running. */
export function devServerPart(options: DevServerOptions): Part {
  return {
    name: 'temporal',
    order,
    readyLimitMs: 60_000,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    launch: async () => {
      if (options.dbFilename !== undefined) {
        await mkdir(dirname(options.dbFilename), { recursive: true });
      }
      return {
        command: [options.binary, ...devServerArguments(options)],
        environment: { ...options.environment, GOGC: '400' },
        logFile: options.logFile,
        channel: false,
      };
    },
    ready: (_child, signal) =>
      namespaceAnswers({ ...options, address: addressOf(options.port), signal }),
  };
}

/**
 * Starts a server that is not restarted, and waits until its namespace answers.
 * @param reaper ends it if this process is killed
 * @throws PartError
 */
export const startDevServer = async (options: DevServerOptions, reaper?: Reaper) => ({
  address: addressOf(options.port),
  ...(options.uiPort !== undefined && { uiUrl: `http://${addressOf(options.uiPort)}` }),
  ...(await startUnsupervised(devServerPart(options), reaper)),
});

function devServerArguments(options: DevServerOptions): readonly string[] {
  const { port, uiPort, dbFilename, namespace } = options;
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...['--namespace', namespace, '--log-level', 'warn'],
    ...(dbFilename === undefined ? [] : persistence(dbFilename)),
    ...pairs('--search-attribute', searchAttributes),
    ...pairs('--dynamic-config-value', dynamicConfig),
  ];
}

/** With synchronous=OFF a power cut may lose or spoil the file; the death of a process does not. */
function persistence(file: string): readonly string[] {
  const pragmas = ['journal_mode=WAL', 'synchronous=OFF'];
  return ['--db-filename', file, ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma])];
}

function pairs(
  flag: string,
  values: Readonly<Record<string, string | number | boolean>>,
): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${String(value)}`]);
}

const addressOf = (port: number): string => `127.0.0.1:${port}`;
