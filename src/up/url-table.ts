import { tableLines, type Paint } from './terminal.js';

const labels = [
  ['api', 'API'],
  ['console', 'Console'],
  ['docs', 'API docs'],
  ['temporal_ui', 'Temporal UI'],
  ['inbox', 'Inbox'],
  ['sandbox', 'Sandbox'],
  ['worker_metrics', 'Worker metrics'],
  ['temporal', 'Temporal'],
  ['database', 'Postgres'],
] as const;

/** One line for each URL that a person may want to open. */
export function urlTable(urls: Readonly<Record<string, string>>, paint: Paint): readonly string[] {
  const rows = labels.flatMap(([key, label]) => {
    const url = urls[key];
    return url === undefined ? [] : [[label, url]];
  });
  return tableLines(rows).map((line) => `  ${paint.strong(line)}`);
}
