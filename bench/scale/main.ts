import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { runCommand } from '../harness/arguments.js';
import { describeMachineWithTemporal } from '../harness/machine.js';
import { countingStatements, withStack, type Stack } from '../harness/stack.js';
import { requireProc } from '../harness/usage.js';
import { readScaleOptions, scaleHelp, scaleParts, type ScaleOptions } from '../options.js';
import { measureHotSku } from './hot-sku.js';
import type { ScaleReport } from './report.js';
import { measureSizes } from './sizes.js';
import { hotSkuTable, queriesTable, sizesTable, twinsTable } from './tables.js';
import { measureTwins } from './twins.js';

const print = console.log;

await runCommand(readScaleOptions, scaleHelp, async (options) => {
  requireProc();
  const stackOptions = {
    ...{ name: 'scale', print, isSandboxApart: true },
    // How many whole pages go into the log depends on when the last checkpoint was, not on the size.
    postgres: { ...countingStatements, full_page_writes: 'off' },
  };
  const report = await withStack(stackOptions, async (stack) => {
    await stack.renew('memory');
    return takeParts(stack, options);
  });
  print(['', sizesTable(report), '', queriesTable(report), ''].join('\n'));
  print([twinsTable(report), '', hotSkuTable(report)].join('\n'));
});

/** Each part is kept as soon as it is done, so that one that failed can be run again alone. */
async function takeParts(stack: Stack, options: ScaleOptions): Promise<ScaleReport> {
  const { json, orders: measured, concurrency } = options;
  const parts = options.parts ?? scaleParts;
  const kept = json !== undefined && existsSync(json) ? await readFile(json, 'utf8') : '{}';
  let report: ScaleReport = {
    ...{ sizes: [], tables: [] },
    ...(JSON.parse(kept) as Partial<ScaleReport>),
    at: new Date().toISOString(),
    machine: await describeMachineWithTemporal(stack),
    settings: { measured, concurrency },
  };
  const add = async (found: Partial<ScaleReport>): Promise<void> => {
    report = { ...report, ...found };
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report)}\n`);
  };
  if (parts.includes('sizes')) await add(await measureSizes(stack, options, print));
  if (parts.includes('twins')) await add({ twins: await measureTwins(stack, options) });
  if (parts.includes('hot-sku')) await add({ hotSku: await measureHotSku(stack, options) });
  return report;
}
