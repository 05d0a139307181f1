import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { EventReport } from './events/report.js';
import { eventConditions, eventTable } from './events/tables.js';
import { beforeAfterTable } from './before-after.js';
import { summarizeMix } from './mix-summary.js';
import { formatted, withBlocks } from './pages.js';
import { proofBlock } from './prove-events/tables.js';
import type { Report } from './report.js';
import { summarize } from './summary.js';
import {
  conditions,
  eventsLine,
  figuresTable,
  mixTable,
  pathsTable,
  ratiosTable,
} from './tables.js';

const docs = new URL('../../docs/', import.meta.url);
const file = fileURLToPath(new URL('performance.md', docs));
const page = { name: 'docs/performance.md', prefix: 'bench' };

const report = await read<Report>('performance.json');
const beforeOneWay = await read<Report>('performance-before-one-way.json');
const measured = rendered(await readFile(file, 'utf8'), report);
const blocks: Readonly<Record<string, string>> = {
  // Taken on the service while it tried each step in the worker at hand before it made it an activity.
  'one-way': beforeAfterTable(beforeOneWay, report),
  // Taken on the service as it was before it published anything.
  'cost-of-events': beforeAfterTable(await read('performance-before-events.json'), beforeOneWay),
  relay: relayBlock(await read('performance-events.json')),
  proof: proofBlock(await read('events-proof.json')),
};
await writeFile(file, await formatted(file, withBlocks(measured, page, blocks)));

async function read<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(new URL(name, docs), 'utf8')) as Content;
}

/** Puts the figures between the page's markers; everything else stays. */
function rendered(text: string, report: Report): string {
  const summaries = summarize(report);
  const blocks: Readonly<Record<string, string>> = {
    conditions: conditions(report),
    figures: joined(summaries, figuresTable),
    mix: joined(summarizeMix(report), (mix) => `${mixTable(mix)}\n\n${pathsTable(mix)}`),
    ratios: joined(summaries, ratiosTable),
    events: summaries.slice(0, 1).map(eventsLine).join(''),
  };
  return withBlocks(text, page, blocks);
}

function relayBlock(relay: EventReport): string {
  return `${eventConditions(relay)}\n\n${eventTable(relay)}`;
}

function joined<Summary>(
  summaries: readonly Summary[],
  table: (summary: Summary) => string,
): string {
  return summaries.length === 0 ? 'This run left them out.' : summaries.map(table).join('\n\n');
}
