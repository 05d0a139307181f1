import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eventBlock } from './events/measure.js';
import { fillPage } from './harness/markdown.js';
import { proofBlock } from './prove-events/proof.js';
import type { Report } from './report.js';
import { summarize, summarizeMix } from './summary.js';
import { conditions, eventsLine, figuresTable, mixTables, ratiosTable } from './tables.js';

const docs = new URL('../../docs/', import.meta.url);
const report = await read<Report>('performance.json');
const summaries = summarize(report);
const page = { name: 'docs/performance.md', prefix: 'bench' };
await fillPage(fileURLToPath(new URL('performance.md', docs)), page, {
  conditions: conditions(report),
  figures: joined(summaries.map(figuresTable)),
  mix: joined(summarizeMix(report).map(mixTables)),
  ratios: joined(summaries.map(ratiosTable)),
  events: summaries.slice(0, 1).map(eventsLine).join(''),
  relay: eventBlock(await read('performance-events.json')),
  proof: proofBlock(await read('events-proof.json')),
});

async function read<Content>(name: string): Promise<Content> {
  return JSON.parse(await readFile(new URL(name, docs), 'utf8')) as Content;
}

function joined(tables: readonly string[]): string {
  return tables.length === 0 ? 'This run left them out.' : tables.join('\n\n');
}
