import { join } from 'node:path';
import { databaseName, withClient, withDatabase } from '../../../src/up/postgres/databases.js';
import { choosePorts } from '../../../src/up/ports.js';
import type { StackAddresses } from '../../../src/up/roles.js';
import type { ArmName } from '../data/names.js';
import { writePoints } from '../failpoints/points.js';
import type { Ground } from '../ground.js';

/** Where one of several arms runs that share a Postgres and a Temporal. */
export interface Site {
  readonly wiring: StackAddresses;
  readonly pointsFolder: string;
  readonly logFolder: string;
}

/**
 * A place of its own for an arm: ports, and copies of the ground's new databases.
 * @param pointsFolder of the ground
 */
export async function siteOf(ground: Ground, pointsFolder: string, arm: ArmName): Promise<Site> {
  const { wiring } = ground;
  const own = join(pointsFolder, arm);
  // Nothing is planned to happen to any order: what happens, a person does.
  writePoints(own, []);
  const { postgres, temporal } = wiring.ports;
  return {
    wiring: {
      ...wiring,
      ports: { ...(await choosePorts('free')), postgres, temporal },
      databaseUrl: await copyOf(wiring.databaseUrl, arm),
      sandboxDatabaseUrl: await copyOf(wiring.sandboxDatabaseUrl, arm),
    },
    pointsFolder: own,
    logFolder: join(ground.logFolder, arm),
  };
}

async function copyOf(url: string, arm: ArmName): Promise<string> {
  const origin = databaseName(url);
  const copy = `${origin}_${arm}`;
  await withClient(withDatabase(url, 'postgres'), (client) => {
    const [made, from] = [copy, origin].map((name) => client.escapeIdentifier(name));
    return client.query(`create database ${made} template ${from}`);
  });
  return withDatabase(url, copy);
}
