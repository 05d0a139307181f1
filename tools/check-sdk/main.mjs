/**
 * Whether the installed Temporal SDK still loses events while a local activity is under way:
 * docs/sdk-lost-events.md says how it does. Ends with 0 whatever it finds, and with 1 when it could
 * not find out.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { within } from '../../dist/runtime/deadline.js';
import { openServer } from './server.mjs';

const workflows = 4;
const workflowTaskTimeout = '3s';
const stopAfterMs = 500;
const signalAfterMs = 3_500;
const wakeAfterMs = 1_000;
const startLimitMs = 60_000;
const endLimitMs = 60_000;
const signals = [1, 2];

const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json');
const say = (line) => process.stdout.write(`${line}\n`);

try {
  say(`Checking @temporalio/worker ${version}; this takes about half a minute.`);
  const server = await openServer(say);
  try {
    report(await withWorker(server.address, loseOrNot));
  } finally {
    await server.stop();
  }
} catch (error) {
  say(`The check could not be run: ${error.message}`);
  process.exitCode = 1;
}

async function withWorker(address, work) {
  const taskQueue = `check-sdk-${randomUUID()}`;
  const script = fileURLToPath(new URL('worker.mjs', import.meta.url));
  const worker = fork(script, [address, taskQueue]);
  const connection = await Connection.connect({ address });
  try {
    await within(once(worker, 'message'), startLimitMs, 'the worker to start');
    return await work(new Client({ connection }), taskQueue, worker);
  } finally {
    worker.kill('SIGKILL');
    await connection.close();
  }
}

/** Stops the worker, signals meanwhile, and wakes it while its second workflow task is still valid. */
async function loseOrNot(client, taskQueue, worker) {
  const handles = await Promise.all(
    Array.from({ length: workflows }, () =>
      client.workflow.start('lost', { workflowId: randomUUID(), taskQueue, workflowTaskTimeout }),
    ),
  );
  await sleep(stopAfterMs);
  worker.kill('SIGSTOP');
  await sleep(signalAfterMs);
  for (const handle of handles) for (const signal of signals) await handle.signal('s', signal);
  await sleep(wakeAfterMs);
  worker.kill('SIGCONT');
  return Promise.all(handles.map(outcomeOf));
}

/** What the workflow received, and how many signals its history holds. */
async function outcomeOf(handle) {
  const heard = await within(handle.result(), endLimitMs, 'the workflow to end').catch(() => []);
  const { events } = await handle.fetchHistory();
  const inHistory = events.filter((event) => event.workflowExecutionSignaledEventAttributes);
  return { heard: heard.length, inHistory: inHistory.length };
}

function report(outcomes) {
  const bad = outcomes.find(({ inHistory }) => inHistory !== signals.length);
  if (bad !== undefined) throw new Error(`a history holds ${bad.inHistory} signals`);
  const lost = outcomes.filter(({ heard }) => heard < signals.length).length;
  say(
    lost > 0
      ? `This SDK still loses events: ${lost} of ${workflows} workflows did not receive the signals that their histories hold. Local activities are not safe with it.`
      : `No event was lost: all ${workflows} workflows received the signals that their histories hold.`,
  );
}
