import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { Connection } from '@temporalio/client';
import { withClient } from '../../src/up/postgres/databases.js';
import type { Stack } from './stack.js';

const bytesPerGib = 1_073_741_824;

export type Machine = Awaited<ReturnType<typeof describeMachine>>;
export type MachineWithTemporal = Awaited<ReturnType<typeof describeMachineWithTemporal>>;

export async function describeMachine({ wiring }: Stack) {
  const { rows } = await withClient(wiring.databaseUrl, (client) =>
    client.query<{ server_version: string }>('show server_version'),
  );
  return {
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / bytesPerGib),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
    postgres: rows[0]?.server_version ?? '',
  };
}

/** Temporal has to run. */
export async function describeMachineWithTemporal(stack: Stack) {
  const connection = await Connection.connect({ address: stack.wiring.temporalAddress });
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  await connection.close();
  const file = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');
  const { version: temporalSdk } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return { ...(await describeMachine(stack)), temporalServer: serverVersion, temporalSdk };
}

export function machineInWords(machine: Machine | MachineWithTemporal, isInMemory = false) {
  const { cores, memoryGib, platform: system, node, postgres } = machine;
  const memory = isInMemory ? ' in memory' : '';
  const temporal =
    'temporalServer' in machine
      ? `Temporal server ${machine.temporalServer}${memory}, SDK ${machine.temporalSdk}, `
      : '';
  return (
    `${cores} cores and ${memoryGib} GiB that all processes share ` +
    `(${system}, Node ${node}, ${temporal}Postgres ${postgres})`
  );
}
