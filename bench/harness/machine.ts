import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { Connection } from '@temporalio/client';
import { withClient } from '../../src/up/postgres/databases.js';
import type { Stack } from './stack.js';

const bytesPerGib = 1_073_741_824;

/** The size of the machine and the versions that figures hold for. */
export interface Machine {
  readonly cores: number;
  readonly memoryGib: number;
  readonly platform: string;
  readonly node: string;
  readonly postgres: string;
}

export type MachineWithTemporal = Machine & {
  readonly temporalServer: string;
  readonly temporalSdk: string;
};

export async function describeMachine({ wiring }: Stack): Promise<Machine> {
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
export async function describeMachineWithTemporal(stack: Stack): Promise<MachineWithTemporal> {
  const connection = await Connection.connect({ address: stack.wiring.temporalAddress });
  try {
    const { serverVersion: temporalServer } = await connection.workflowService.getSystemInfo({});
    const temporalSdk = versionOf('@temporalio/worker');
    return { ...(await describeMachine(stack)), temporalServer, temporalSdk };
  } finally {
    await connection.close();
  }
}

function versionOf(packageName: string): string {
  const file = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The machine in words, as it stands behind "Taken ... on". */
export const machineInWords = (machine: Machine | MachineWithTemporal, isInMemory = false) => {
  const { cores, memoryGib, platform: system, node, postgres } = machine;
  const temporal =
    'temporalServer' in machine
      ? `Temporal server ${machine.temporalServer}${isInMemory ? ' in memory' : ''}, ` +
        `SDK ${machine.temporalSdk}, `
      : '';
  return (
    `${cores} cores and ${memoryGib} GiB that all processes share ` +
    `(${system}, Node ${node}, ${temporal}Postgres ${postgres})`
  );
};
