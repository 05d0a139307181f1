import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { EventReport } from './events/report.js';
import { eventConditions, eventTable } from './events/tables.js';
import { summarizeMix } from './mix-summary.js';
import type { Proof } from './prove-events/report.js';
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
const figures = process.argv[2] ?? fileURLToPath(new URL('performance.json', docs));

const relayFigures = fileURLToPath(new URL('performance-events.json', docs));

const proofFigures = fileURLToPath(new URL('events-proof.json', docs));

const report = JSON.parse(await readFile(figures, 'utf8')) as Report;
const relay = JSON.parse(await readFile(relayFigures, 'utf8')) as EventReport;
const proof = JSON.parse(await readFile(proofFigures, 'utf8')) as Proof;
const measured = rendered(await readFile(page, 'utf8'), report);
const text = withBlock(measured, 'relay', relayBlock(relay));
await writeFile(page, await formatted(withBlock(text, 'proof', proofBlock(proof))));

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
