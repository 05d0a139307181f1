import { writeFile } from 'node:fs/promises';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { requireProc } from '../processes.js';
import { EventGround } from './ground.js';
import { drain, steady } from './measure.js';
import { readEventOptions } from './options.js';
import type { EventReport } from './report.js';
import { eventConditions, eventTable } from './tables.js';

const bytesPerGib = 1_073_741_824;
const options = readEventOptions(process.argv.slice(2));
requireProc();
const ground = await EventGround.open();
try {
  console.log(`emptying an outbox of ${options.backlog}`);
  const backlog = await drain(ground, options.backlog);
  console.log(`offering ${options.rate} per second for ${options.seconds} s`);
  const report: EventReport = {
    at: new Date().toISOString(),
    machine: await describeMachine(),
    backlog,
    steady: await steady(ground, options.rate, options.seconds),
  };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report)}\n`);
  console.log(`\n${eventConditions(report)}\n\n${eventTable(report)}`);
} finally {
  await ground.stop();
}

async function describeMachine(): Promise<EventReport['machine']> {
  const { rows } = await ground.pool.query<{ server_version: string }>('show server_version');
  return {
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / bytesPerGib),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
    postgres: rows[0]?.server_version ?? '',
  };
}
