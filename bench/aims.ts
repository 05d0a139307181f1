import type { EventReport } from './events/measure.js';
import { markdownTable } from './harness/markdown.js';
import type { Report } from './report.js';
import type { ScaleReport } from './scale/report.js';
import { costRatioOf } from './scale/ratio.js';
import { summarize, type VariantSummary } from './summary.js';

/** What each measurement found; what was not run has no figures. */
export interface Measured {
  readonly report: Report;
  readonly events?: Pick<EventReport, 'alone'> | undefined;
  readonly scale?: Pick<ScaleReport, 'sizes'> | undefined;
}

interface Figures extends Omit<Measured, 'report'> {
  readonly service: VariantSummary;
  readonly plain: VariantSummary | undefined;
}

type Limit = { readonly most: number } | { readonly least: number };

interface Aim {
  readonly what: string;
  readonly limit: Limit;
  readonly digits: number;
  /** Undefined where the run left out what it is made of. */
  readonly value: (figures: Figures) => number | undefined;
  /** True where the sandbox's share could not be told apart. */
  readonly isOfBoth?: (figures: Figures) => boolean;
}

const toPlain = (figure: (variant: VariantSummary) => number | undefined): Aim['value'] => {
  return ({ service, plain }) => {
    const [own, other] = [figure(service), plain && figure(plain)];
    return own === undefined || other === undefined ? undefined : own / other;
  };
};

const isOfBoth = ({ service }: Figures): boolean => service.sandboxWalKib === undefined;

const aims: readonly Aim[] = [
  {
    ...{ what: 'SQL statements, orders database', limit: { most: 60 }, digits: 1 },
    value: ({ service }) => service.ordersStatements,
  },
  {
    ...{ what: 'write transactions, orders database alone', limit: { most: 28 }, digits: 1 },
    value: ({ service }) => service.writeTransactions,
    isOfBoth,
  },
  {
    ...{ what: 'write-ahead log KiB, orders database alone', limit: { most: 80 }, digits: 1 },
    value: ({ service }) => service.walKib,
    isOfBoth,
  },
  {
    ...{ what: 'CPU ms, service and stores', limit: { most: 160 }, digits: 0 },
    value: ({ service }) => service.serviceCpuMs,
  },
  {
    ...{ what: '– of the plain saga in the same run', limit: { most: 0.7 }, digits: 2 },
    value: toPlain((one) => one.serviceCpuMs),
  },
  {
    ...{ what: 'orders/s, of the plain saga in the same run', limit: { least: 1.5 }, digits: 2 },
    value: toPlain((one) => one.endedPerSecond),
  },
  {
    ...{ what: 'request → confirmed, p95 / p50', limit: { most: 1.8 }, digits: 2 },
    value: ({ service: { confirmed } }) => confirmed && confirmed.p95 / confirmed.p50,
  },
  {
    ...{ what: '– p95, of the plain saga in the same run', limit: { most: 0.6 }, digits: 2 },
    value: toPlain(({ confirmed }) => confirmed?.p95),
  },
  {
    ...{ what: 'request → 202 at half of the rate, p99 ms', limit: { most: 25 }, digits: 0 },
    value: ({ service }) => service.acceptedAtHalfPeak?.p99,
  },
  {
    ...{ what: 'commit → consumer, a fact alone, p99 ms', limit: { most: 50 }, digits: 0 },
    value: ({ events }) => events?.alone?.p99Ms,
  },
  {
    ...{ what: '– at full load, p99 ms', limit: { most: 400 }, digits: 0 },
    value: ({ service }) => service.consumed?.p99,
  },
  {
    ...{ what: 'cost at 100,000 orders, of that at 1,000', limit: { most: 1.1 }, digits: 2 },
    value: ({ scale }) => scale && costRatioOf(scale),
  },
  {
    ...{ what: 'history events, mean', limit: { most: 76 }, digits: 1 },
    value: ({ service }) => service.events,
  },
  {
    ...{ what: 'billable actions, mean', limit: { most: 20 }, digits: 1 },
    value: ({ service }) => service.actions,
  },
];

/** A missed aim is shown, not fatal. @param before an earlier run, to be seen beside it */
export function aimsTable(now: Measured, before?: Measured): string {
  const [figures, earlier] = [figuresOf(now), before && figuresOf(before)];
  if (figures === undefined) return 'This run left the service out.';
  return markdownTable([
    [
      `per delivered order, ${now.report.settings.concurrency} in flight`,
      ...['before', 'now', 'aim', ''],
    ],
    ...aims.map((aim) => [
      aim.what,
      shown(aim, earlier),
      shown(aim, figures),
      'most' in aim.limit ? `≤ ${aim.limit.most}` : `≥ ${aim.limit.least}`,
      verdictOf(aim, figures),
    ]),
  ]);
}

/** Of the first latency: that of providers that answer at once, unless the run was asked for others. */
function figuresOf({ report, ...others }: Measured): Figures | undefined {
  const [first] = summarize(report);
  const find = (wanted: string) => first?.variants.find(({ name }) => name === wanted);
  const service = find('service');
  return service && { service, plain: find('plain'), ...others };
}

function shown({ value, digits, isOfBoth: isBoth }: Aim, figures: Figures | undefined): string {
  const found = figures && value(figures);
  if (figures === undefined || found === undefined || Number.isNaN(found)) return '–';
  return found.toFixed(digits) + (isBoth?.(figures) === true ? " with the sandbox's" : '');
}

function verdictOf({ value, limit, isOfBoth: isBoth }: Aim, figures: Figures): string {
  const found = value(figures);
  if (found === undefined || Number.isNaN(found)) return 'not measured';
  if (isBoth?.(figures) === true) return 'not measured apart';
  const isMet = 'most' in limit ? found <= limit.most : found >= limit.least;
  return isMet ? 'met' : '**missed**';
}
