import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import type { Ground } from './ground.js';
import type { Machine } from './report.js';

const bytesPerGib = 1_073_741_824;

/** The size of the machine and the versions that the figures hold for. */
export async function describeMachine({
  connection,
  pool,
}: Pick<Ground, 'connection' | 'pool'>): Promise<Machine> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const { rows } = await pool.query<{ server_version: string }>('show server_version');
  return {
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / bytesPerGib),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
    temporalServer: serverVersion,
    temporalSdk: versionOf('@temporalio/worker'),
    postgres: rows[0]?.server_version ?? '',
  };
}

function versionOf(packageName: string): string {
  const file = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
