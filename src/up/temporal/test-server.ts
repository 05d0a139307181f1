import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, machineSuffix, repositoryRoot } from '../folders.js';
import {
  isExecutable,
  cachedBuild,
  onPath,
  firstHit,
  found,
  missing,
  type CacheEntry,
  type Finding,
  type Source,
} from './program.js';
import { downloadWithSdk } from './sdk-download.js';
import { runTool } from './tool-run.js';
import type { CliSearch } from './cli.js';

/** The version in tools/test-server/pom.xml. */
export const testServerVersion = '1.38.0';

export type TestServer =
  | { readonly kind: 'available'; readonly path: string; readonly source: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

const mavenLimitMs = 5 * 60_000;

/** Finds the time-skipping test server, or gets it. */
export async function findTestServer(search: CliSearch): Promise<TestServer> {
  const hit = await firstHit(testServerSources(search));
  if (hit.kind === 'found') return { kind: 'available', path: hit.value, source: hit.source };
  const reasons = hit.tried.map(({ source, reason }) => `${source}: ${reason}`);
  return { kind: 'unavailable', reason: reasons.join('; ') };
}

function testServerSources(search: CliSearch): readonly Source<string>[] {
  const { config } = search;
  const named = config.TEMPORAL_TEST_SERVER;
  const name = `temporal-test-server-${testServerVersion}-${machineSuffix}`;
  const target = join(cacheFolder(config), name);
  const entry = { ...search, target, isUsable: isExecutable };
  const make: CacheEntry['make'] = (folder) =>
    downloadWithSdk({ ...search, kind: 'test-server', version: 'default', folder });
  return [
    ...(named === undefined ? [] : [{ name: 'TEMPORAL_TEST_SERVER', find: () => asNamed(named) }]),
    {
      name: 'cache',
      find: async () => ((await isExecutable(target)) ? found(target) : missing(`no ${target}`)),
    },
    {
      name: 'download',
      find: async () =>
        config.OFFLINE === '1' ? missing('OFFLINE=1') : cachedBuild({ ...entry, make }),
    },
    { name: 'Maven', find: () => fromMaven(target, search) },
  ];
}

async function asNamed(file: string): Promise<Finding<string>> {
  if (await isExecutable(file)) return found(file);
  throw new Error(`TEMPORAL_TEST_SERVER is ${file}, which is not executable.`);
}

async function fromMaven(target: string, search: CliSearch): Promise<Finding<string>> {
  const { config } = search;
  const maven = await onPath('mvn', config.PATH);
  const java = await onPath('java', config.PATH);
  if (maven === undefined || java === undefined) return missing('no mvn and java on PATH');
  const jars = `${target}.jars`;
  return cachedBuild({
    ...search,
    target,
    isUsable: isExecutable,
    make: async (folder) => {
      const problem = await collectJars(maven, folder, search);
      if (problem !== undefined) return missing(`mvn ${problem}`);
      await rm(jars, { recursive: true, force: true });
      await rename(join(folder, 'jars'), jars);
      return found(await writeLauncher(join(folder, 'launcher'), java, jars));
    },
  });
}

async function collectJars(
  maven: string,
  folder: string,
  search: CliSearch,
): Promise<string | undefined> {
  await mkdir(join(folder, 'jars'));
  const pom = join(folder, 'pom.xml');
  await copyFile(join(repositoryRoot, 'tools', 'test-server', 'pom.xml'), pom);
  const output = `-DoutputDirectory=${join(folder, 'jars')}`;
  return runTool({
    ...search,
    command: [maven, '-B', '-q', '-f', pom, 'dependency:copy-dependencies', output],
    folder: dirname(pom),
    logFile: join(folder, 'maven.log'),
    limitMs: mavenLimitMs,
    onAlive: (seconds) => {
      search.print(`test server: fetching with Maven, ${seconds} s`);
    },
  });
}

/** The SDK kills only the process that it started: without `exec` the JVM would live on. */
async function writeLauncher(file: string, java: string, jars: string): Promise<string> {
  const flags = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
  const main = 'io.temporal.testserver.TestServer';
  await writeFile(file, `#!/bin/sh\nexec '${java}' ${flags} -cp '${jars}/*' ${main} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}
