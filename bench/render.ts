import { fileURLToPath } from 'node:url';
import { aimsTable } from './aims.js';
import { docs, otherReports, readDocs } from './docs.js';
import { eventBlock } from './events/measure.js';
import { fillPage } from './harness/markdown.js';
import { machineInWords } from './harness/machine.js';
import { proofBlock } from './prove-events/proof.js';
import type { Report } from './report.js';
import { bytesTable, needsTable } from './scale/needs.js';
import { hotSkuTable, queriesTable, sizesTable, twinsTable } from './scale/tables.js';
import { summarize, summarizeMix } from './summary.js';
import { conditions, eventsLine, figuresTable, mixTables } from './tables.js';

const report = await readDocs<Report>('performance.json');
const { before, ...measured } = await otherReports();
const summaries = summarize(report);
const page = { name: 'docs/performance.md', prefix: 'bench' };
await fillPage(fileURLToPath(new URL('performance.md', docs)), page, {
  conditions: conditions(report),
  figures: joined(summaries.map(figuresTable)),
  mix: joined(summarizeMix(report).map(mixTables)),
  aims: aimsTable({ report, ...measured }, before),
  before: before === undefined ? '' : conditions(before.report),
  events: summaries.slice(0, 1).map(eventsLine).join(''),
  relay: eventBlock(await readDocs('performance-events.json')),
  proof: proofBlock(await readDocs('events-proof.json')),
});

const { scale } = measured;
if (scale !== undefined) {
  const { orders, concurrency } = { orders: scale.settings.measured, ...scale.settings };
  await fillPage(
    fileURLToPath(new URL('scale.md', docs)),
    { name: 'docs/scale.md', prefix: 'scale' },
    {
      conditions:
        `Taken ${scale.at.slice(0, 10)} on ${machineInWords(scale.machine, true)}: ${orders} orders ` +
        `measured at each size, ${concurrency} in flight.`,
      needs: needsTable(scale),
      bytes: bytesTable(scale),
      sizes: sizesTable(scale),
      queries: queriesTable(scale),
      twins: twinsTable(scale),
      hot: hotSkuTable(scale),
    },
  );
}

function joined(tables: readonly string[]): string {
  return tables.length === 0 ? 'This run left them out.' : tables.join('\n\n');
}
