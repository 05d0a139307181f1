import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, machineSuffix, repositoryRoot } from '../folders.js';
import { buildWithGo, downloadWithSdk, runTool } from './makers.js';
import { findIfAny, findProgram, isExecutable, onPath, runs, type Search } from './program.js';

/** The version in tools/temporal/go.mod. */
export const cliVersion = '1.8.2';

/** The version in tools/test-server/pom.xml. */
export const testServerVersion = '1.38.0';

const mavenLimitMs = 5 * 60_000;

/**
 * Finds the Temporal CLI, which has the development server, or gets it.
 * @throws Error when there is no way to one
 */
export const findTemporalCli = (search: Search) =>
  findProgram(
    {
      title: 'Temporal server',
      variable: 'TEMPORAL_CLI',
      command: 'temporal',
      cachedAs: `temporal-${cliVersion}`,
      isUsable: runs,
      makers: {
        download: downloadWithSdk({ kind: 'cli', version: `v${cliVersion}` }, search),
        'Go build': buildWithGo(
          'temporal',
          'temporal',
          'github.com/temporalio/cli/cmd/temporal',
          search,
        ),
      },
      advice: [
        'Three ways to get one:',
        '  1. install the Temporal CLI so that `temporal` is on PATH, or set TEMPORAL_CLI to it',
        '  2. install Go 1.26 or later; the CLI is then built once from tools/temporal',
        '  3. set TEMPORAL_ADDRESS to a server that runs already',
      ],
    },
    search,
  );

/** Finds the time-skipping test server, or gets it. */
export function findTestServer(search: Search) {
  const cachedAs = `temporal-test-server-${testServerVersion}`;
  const jars = join(cacheFolder(search.config), `${cachedAs}-${machineSuffix}.jars`);
  return findIfAny(
    {
      title: 'time-skipping test server',
      variable: 'TEMPORAL_TEST_SERVER',
      command: 'temporal-test-server',
      cachedAs,
      isUsable: isExecutable,
      makers: {
        download: downloadWithSdk({ kind: 'test-server', version: 'default' }, search),
        Maven: (folder) => fetchWithMaven(folder, jars, search),
      },
    },
    search,
  );
}

async function fetchWithMaven(folder: string, jars: string, search: Search): Promise<string> {
  const maven = await onPath('mvn', search.config.PATH);
  const java = await onPath('java', search.config.PATH);
  const made = join(folder, 'jars');
  await mkdir(made);
  const pom = join(folder, 'pom.xml');
  await copyFile(join(repositoryRoot, 'tools', 'test-server', 'pom.xml'), pom);
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${made}`];
  await runTool({
    ...search,
    command: [maven, '-B', '-q', '-f', pom, ...goal],
    folder,
    logFile: join(folder, 'maven.log'),
    limitMs: mavenLimitMs,
    what: 'test server: fetching with Maven',
  });
  await rm(jars, { recursive: true, force: true });
  await rename(made, jars);
  return writeLauncher(join(folder, 'launcher'), java, jars);
}

/** The SDK kills only the process that it started: without `exec` the JVM would live on. */
async function writeLauncher(file: string, java: string, jars: string): Promise<string> {
  const flags = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
  const main = 'io.temporal.testserver.TestServer';
  await writeFile(file, `#!/bin/sh\nexec '${java}' ${flags} -cp '${jars}/*' ${main} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}
