import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { EventReport } from './events/report.js';
import { eventConditions, eventTable } from './events/tables.js';
import { beforeAfterTable } from './before-after.js';
import { summarizeMix } from './mix-summary.js';
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
const page = fileURLToPath(new URL('performance.md', docs));

const report = await read<Report>('performance.json');
const measured = rendered(await readFile(page, 'utf8'), report);
const blocks: Readonly<Record<string, string>> = {
  // Taken on the service as it was before it published anything.
  'cost-of-events': beforeAfterTable(await read('performance-before-events.json'), report),
  relay: relayBlock(await read('performance-events.json')),
  proof: proofBlock(await read('events-proof.json')),
};
await writeFile(page, await formatted(withBlocks(measured, blocks)));

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
  return withBlocks(text, blocks);
}

function withBlocks(text: string, blocks: Readonly<Record<string, string>>): string {
  return Object.entries(blocks).reduce((page, [name, block]) => withBlock(page, name, block), text);
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

/** @throws Error when the page has no place for the block */
function withBlock(text: string, name: string, block: string): string {
  const place = new RegExp(`(<!-- bench:${name} -->)[^]*?(<!-- bench:end -->)`);
  if (!place.test(text)) throw new Error(`docs/performance.md has no marker bench:${name}`);
  return text.replace(place, (_all, start: string, end: string) =>
    [start, block, end].join('\n\n'),
  );
}

async function formatted(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}
