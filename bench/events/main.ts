import { writeFile } from 'node:fs/promises';
import { runCommand } from '../harness/arguments.js';
import { describeMachine } from '../harness/machine.js';
import { withStack } from '../harness/stack.js';
import { requireProc } from '../harness/usage.js';
import { eventHelp, readEventOptions } from '../options.js';
import { drain, eventBlock, openBench, steady, type EventReport } from './measure.js';

/** Slow enough for each fact to find the relay asleep. */
const alonePerSecond = 5;

await runCommand(readEventOptions, eventHelp, async (options) => {
  requireProc();
  // Latency is the time from one commit to the other, by Postgres' own clock.
  const postgres = { track_commit_timestamp: 'on' };
  const report = await withStack(
    { name: 'events', print: console.log, postgres },
    async (stack) => {
      await stack.renew('none');
      const opened = await openBench(stack);
      console.log(`emptying an outbox of ${options.backlog}`);
      const backlog = await drain(opened, options.backlog);
      console.log(`offering ${options.rate} per second for ${options.seconds} s`);
      const figures = {
        at: new Date().toISOString(),
        machine: await describeMachine(stack),
        backlog,
        steady: await steady(opened, options.rate, options.seconds),
        alone: await steady(opened, alonePerSecond, options.seconds),
      } satisfies EventReport;
      await opened.pool.end();
      return figures;
    },
  );
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report)}\n`);
  console.log(`\n${eventBlock(report)}`);
});
