import { join } from 'node:path';
import type { Environment, UpConfig } from '../../config.js';
import { cacheFolder, machineSuffix, repositoryRoot } from '../folders.js';
import {
  isExecutable,
  cachedBuild,
  onPath,
  versionOf,
  type CacheEntry,
  firstHit,
  found,
  missing,
  type Finding,
  type Miss,
  type Source,
} from './program.js';
import { downloadWithSdk } from './sdk-download.js';
import { runTool } from './tool-run.js';

/** The version in tools/temporal/go.mod. */
export const cliVersion = '1.8.2';

const buildLimitMs = 30 * 60_000;

/** The places that may hold the CLI, as functions so that a test can stand in for each. */
export interface CliProbes {
  named(file: string): Promise<Finding<string>>;
  onPath(): Promise<Finding<string>>;
  cached(): Promise<Finding<string>>;
  downloaded(): Promise<Finding<string>>;
  built(): Promise<Finding<string>>;
}

/** No place has a Temporal server. The message says how to get one. */
class NoTemporalError extends Error {
  override readonly name = 'NoTemporalError';
}

/** The order in which the CLI is looked for. */
export function cliSources(
  config: Pick<UpConfig, 'TEMPORAL_CLI' | 'OFFLINE'>,
  probes: CliProbes,
): readonly Source<string>[] {
  const named = config.TEMPORAL_CLI;
  return [
    ...(named === undefined ? [] : [{ name: 'TEMPORAL_CLI', find: () => probes.named(named) }]),
    { name: 'PATH', find: () => probes.onPath() },
    { name: 'cache', find: () => probes.cached() },
    {
      name: 'download',
      find: async () => (config.OFFLINE === '1' ? missing('OFFLINE=1') : probes.downloaded()),
    },
    { name: 'Go build', find: () => probes.built() },
  ];
}

export interface CliSearch {
  readonly config: UpConfig;
  readonly environment: Environment;
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the Temporal CLI, or gets it.
 * @throws NoTemporalError when there is no way to one
 */
export async function findTemporalCli(search: CliSearch) {
  const hit = await firstHit(cliSources(search.config, cliProbes(search)), (miss) => {
    if (isWorthTelling(miss)) search.print(`temporal: ${miss.source}: ${miss.reason}`);
  });
  if (hit.kind === 'none') throw new NoTemporalError(explain(hit.tried));
  return { path: hit.value, source: hit.source };
}

function cliProbes(search: CliSearch): CliProbes {
  const { config } = search;
  const target = join(cacheFolder(config), `temporal-${cliVersion}-${machineSuffix}`);
  const isUsable = async (program: string) => (await versionOf(program)) !== undefined;
  const fetchOnce = (make: CacheEntry['make']) =>
    cachedBuild({ ...search, target, isUsable, make });
  return {
    named: async (file) => {
      if (await isUsable(file)) return found(file);
      throw new Error(`TEMPORAL_CLI is ${file}, which does not run.`);
    },
    onPath: async () => {
      const file = await onPath('temporal', config.PATH);
      if (file === undefined) return missing('no temporal on PATH');
      return (await isUsable(file)) ? found(file) : missing(`${file} does not run`);
    },
    cached: async () =>
      (await isExecutable(target)) && (await isUsable(target))
        ? found(target)
        : missing(`no ${target}`),
    downloaded: () =>
      fetchOnce((folder) =>
        downloadWithSdk({ ...search, kind: 'cli', version: `v${cliVersion}`, folder }),
      ),
    built: async () => {
      const go = await onPath('go', config.PATH);
      if (go === undefined) return missing('no go on PATH');
      return fetchOnce((folder) => buildWithGo(go, folder, search));
    },
  };
}

async function buildWithGo(
  go: string,
  folder: string,
  search: CliSearch,
): Promise<Finding<string>> {
  const program = join(folder, 'temporal');
  search.print('temporal: building the CLI with Go, once; 3 to 10 minutes');
  const problem = await runTool({
    ...search,
    command: [go, 'build', '-o', program, 'github.com/temporalio/cli/cmd/temporal'],
    folder: join(repositoryRoot, 'tools', 'temporal'),
    logFile: join(folder, 'build.log'),
    limitMs: buildLimitMs,
    onAlive: (seconds) => {
      search.print(`temporal: building the CLI with Go, ${seconds} s`);
    },
  });
  return problem === undefined ? found(program) : missing(`go build ${problem}`);
}

/** Nobody needs to hear that a first run finds no cache. */
const isWorthTelling = ({ source }: Miss): boolean =>
  source === 'download' || source === 'Go build';

function explain(tried: readonly Miss[]): string {
  return [
    'No Temporal server was found.',
    ...tried.map(({ source, reason }) => `  ${source}: ${reason}`),
    'Three ways to get one:',
    '  1. install the Temporal CLI so that `temporal` is on PATH, or set TEMPORAL_CLI to it',
    '  2. install Go 1.26 or later; the CLI is then built once from tools/temporal',
    '  3. set TEMPORAL_ADDRESS to a server that runs already',
  ].join('\n');
}
