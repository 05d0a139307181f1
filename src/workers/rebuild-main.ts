import { rebuildConfig } from '../config.js';
import { openDatabase } from '../db/database.js';
import { migrateToLatest } from '../db/migrate.js';
import { findTeams } from '../events/teams.js';
import { rebuildTeam } from './rebuild.js';

const wrongUseCode = 2;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await rebuild(process.argv[2]);

async function rebuild(name: string | undefined): Promise<number> {
  const teams = await findTeams();
  const team = teams.find((one) => one.name === name);
  if (team === undefined) {
    if (name !== undefined) print(`There is no team ${name}.`);
    print(`The teams: ${teams.map((one) => one.name).join(', ')}`);
    print('Rebuild one with: npm run rebuild -- <team>');
    return name === undefined ? 0 : wrongUseCode;
  }
  const config = rebuildConfig();
  await migrateToLatest(config.DATABASE_URL);
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: 2 });
  try {
    return await rebuildTeam({ database, team, print });
  } finally {
    await database.destroy();
  }
}
