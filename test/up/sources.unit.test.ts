import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cliSources, cliVersion, type CliProbes } from '../../src/up/temporal/cli.js';
import { firstHit, found, missing } from '../../src/up/temporal/program.js';
import { testServerVersion } from '../../src/up/temporal/test-server.js';

type Place = keyof CliProbes;

/** Probes of which only the named places have the CLI; they note who was asked. */
function probesWith(...places: Place[]): { probes: CliProbes; asked: Place[] } {
  const asked: Place[] = [];
  const probe = (place: Place) => () => {
    asked.push(place);
    return Promise.resolve(places.includes(place) ? found(`/${place}`) : missing(`not ${place}`));
  };
  const names: Place[] = ['named', 'onPath', 'cached', 'downloaded', 'built'];
  const probes = Object.fromEntries(names.map((name) => [name, probe(name)]));
  return { asked, probes: probes as unknown as CliProbes };
}

const online = { OFFLINE: '0' } as const;

describe('where the Temporal CLI comes from', () => {
  test('prefers TEMPORAL_CLI to everything else', async () => {
    const { probes, asked } = probesWith('named', 'onPath', 'cached', 'downloaded', 'built');
    const hit = await firstHit(cliSources({ ...online, TEMPORAL_CLI: '/x' }, probes));
    expect(hit).toEqual({ kind: 'found', source: 'TEMPORAL_CLI', value: '/named' });
    expect(asked).toEqual(['named']);
  });

  test.each<[Place[], string]>([
    [['onPath', 'cached', 'downloaded', 'built'], 'PATH'],
    [['cached', 'downloaded', 'built'], 'cache'],
    [['downloaded', 'built'], 'download'],
    [['built'], 'Go build'],
  ])('with %j takes %s', async (places, source) => {
    const hit = await firstHit(cliSources(online, probesWith(...places).probes));
    expect(hit).toMatchObject({ kind: 'found', source });
  });

  test('does not download with OFFLINE=1', async () => {
    const { probes, asked } = probesWith('downloaded', 'built');
    const hit = await firstHit(cliSources({ OFFLINE: '1' }, probes));
    expect(hit).toMatchObject({ kind: 'found', source: 'Go build' });
    expect(asked).not.toContain('downloaded');
  });

  test('names every place it tried when none has it', async () => {
    const hit = await firstHit(cliSources(online, probesWith().probes));
    expect(hit).toEqual({
      kind: 'none',
      tried: [
        { source: 'PATH', reason: 'not onPath' },
        { source: 'cache', reason: 'not cached' },
        { source: 'download', reason: 'not downloaded' },
        { source: 'Go build', reason: 'not built' },
      ],
    });
  });
});

describe('versions', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

  test('the cached CLI is named after the version that Go builds', () => {
    expect(read('tools/temporal/go.mod')).toContain(`github.com/temporalio/cli v${cliVersion}`);
  });

  test('the cached test server is named after the version that Maven fetches', () => {
    expect(read('tools/test-server/pom.xml')).toContain(`<version>${testServerVersion}</version>`);
  });
});
