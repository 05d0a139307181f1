import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { EventReport } from './events/measure.js';
import type { Report } from './report.js';
import type { ScaleReport } from './scale/report.js';

/** Seen from dist/bench. */
export const docs = new URL('../../docs/', import.meta.url);

export const readDocs = async <Content>(name: string): Promise<Content> =>
  JSON.parse(await readFile(new URL(name, docs), 'utf8')) as Content;

const ifThere = async <Content>(name: string): Promise<Content | undefined> =>
  existsSync(new URL(name, docs)) ? readDocs<Content>(name) : undefined;

export type OtherReports = Awaited<ReturnType<typeof otherReports>>;

/** What other measurements last left in docs, and the run that the aims were set after. */
export async function otherReports() {
  const before = await ifThere<Report>('performance-before.json');
  return {
    events: await ifThere<EventReport>('performance-events.json'),
    scale: await ifThere<ScaleReport>('scale.json'),
    before: before && { report: before },
  };
}
