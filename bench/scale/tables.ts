import { decimal, markdownTable } from '../harness/markdown.js';
import { costRatioOf } from './ratio.js';
import type { QueryFigures, ScaleReport, SizeRun } from './report.js';

const shownQueries = 15;
const longestText = 70;

const grouped = (value: number): string => value.toLocaleString('en-US');

export function sizesTable(report: Pick<ScaleReport, 'sizes'>): string {
  const { sizes } = report;
  if (sizes.length === 0) return 'This run left the sizes out.';
  const row = (what: string, value: (size: SizeRun) => number) => [
    what,
    ...sizes.map((size) => decimal(value(size))),
    ratio(sizes.map(value)),
  ];
  const processes = ['api', 'worker', 'relay', 'temporal', 'postgres_orders'] as const;
  const table = markdownTable([
    ['per delivered order, among', ...sizes.map(({ orders }) => grouped(orders)), 'last / first'],
    row('delivered per second', (size) => size.perSecond),
    row('request → confirmed, p95 ms', (size) => size.confirmedP95Ms),
    row('SQL statements, orders database', (size) => size.statements),
    row('write transactions', (size) => size.writeTransactions),
    row('write-ahead log KiB', (size) => size.walKib),
    row('CPU ms, service and stores', (size) => size.serviceCpuMs),
    ...processes.map((name) =>
      row(`– ${name.replace('_', ' ')}`, ({ cpuMs }) => cpuMs[name] ?? Number.NaN),
    ),
  ]);
  const found = costRatioOf(report);
  if (found === undefined) return table;
  const verdict = found <= 1.1 ? 'met' : '**missed**';
  return `${table}\n\nCost of an order at 100,000 orders, of that at 1,000: ${found.toFixed(2)}, aim ≤ 1.1, ${verdict}.`;
}

const ratio = (values: readonly number[]): string =>
  ((values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN)).toFixed(2);

/** The dearest at the largest size, with how slow the slowest in a hundred was at each. */
export function queriesTable({ sizes }: Pick<ScaleReport, 'sizes'>): string {
  const last = sizes.at(-1);
  if (last === undefined) return 'This run left the queries out.';
  const at = ({ queries }: SizeRun, { text }: QueryFigures) =>
    queries.find((query) => query.text === text);
  return markdownTable([
    [
      'statement',
      ...['calls per order', 'ms per order'],
      ...sizes.map(({ orders }) => `p99 ms, ${grouped(orders)}`),
    ],
    ...last.queries
      .slice(0, shownQueries)
      .map((query) => [
        `\`${titleOf(query.text)}\``,
        decimal(query.callsPerOrder),
        decimal(query.msPerOrder),
        ...sizes.map((size) => decimal(at(size, query)?.p99Ms)),
      ]),
  ]);
}

export function twinsTable({ twins }: Pick<ScaleReport, 'twins'>): string {
  if (twins === undefined) return 'This run left out two of each role.';
  const { orders, perSecond, serviceCpuMs, checks } = twins;
  return markdownTable([
    ['two workers, two relays, two APIs', ''],
    ['orders', String(orders)],
    ['delivered per second', decimal(perSecond)],
    ['CPU ms per order, service and stores', decimal(serviceCpuMs)],
    ...checks.map(({ what, differences }) => [what, String(differences)]),
  ]);
}

export function hotSkuTable({ hotSku }: Pick<ScaleReport, 'hotSku'>): string {
  if (hotSku === undefined) return 'This run left the hot SKU out.';
  const { buyers, units, sold, refused, seconds } = hotSku;
  const share = hotSku.oneSkuPerSecond / hotSku.manySkusPerSecond;
  return markdownTable([
    ['', 'measured', 'aim', ''],
    [
      `units sold of ${units}, to ${buyers} buyers`,
      String(sold),
      String(units),
      metIf(sold === units),
    ],
    [
      '– buyers who were refused',
      String(refused),
      String(buyers - units),
      metIf(refused === buyers - units),
    ],
    [
      '– places whose ledgers differ',
      String(hotSku.stockDifferences.length),
      '0',
      metIf(hotSku.stockDifferences.length === 0),
    ],
    [`orders per second on one SKU, for ${seconds} s`, decimal(hotSku.oneSkuPerSecond), '', ''],
    [`– on ${hotSku.manySkus} SKUs`, decimal(hotSku.manySkusPerSecond), '', ''],
    ['– the first, of the second', share.toFixed(2), '≥ 0.9', metIf(share >= 0.9)],
  ]);
}

/** Statements that begin alike are told apart by the functions that they call. */
function titleOf(text: string): string {
  const called = text.match(/\b(?:orders|inventory|loyalty)\.\w+(?=\()/g) ?? [];
  const title = called.length > 0 ? `select … ${[...new Set(called)].join(', ')}` : text;
  return title.slice(0, longestText).replaceAll('|', '¦');
}

const metIf = (isMet: boolean): string => (isMet ? 'met' : '**missed**');
