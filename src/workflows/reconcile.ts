import { isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { Period } from '../activities/reconciliation-ports.js';
import type { Findings, ReconciliationKind } from '../domain/ledgers.js';
import { FindingsTally, type PartSummary } from '../domain/findings-tally.js';
import { reconcileLists as lists, reconcilePages as pages } from './kit/activities.js';

/** What a run saw, part by part. */
export type ReconciliationSummary = Readonly<Record<ReconciliationKind, PartSummary>>;

/** A page as an activity answers it; a comparison without pages leaves `next` out. */
interface ComparedPage extends Findings {
  readonly next?: string;
}

type Scope = Period & ReconciliationLimits;

/** One of the comparisons that make up a part. @param cursor undefined for the first page */
type Comparison = (cursor: string | undefined) => Promise<ComparedPage>;

/** The pages of their first comparison are cut by the time at which orders were touched. */
const goByTime: readonly ReconciliationKind[] = ['payments', 'shipments'];

export interface ReconciliationLimits {
  /** Of each comparison. It keeps a run's history small; the next run goes on where this one ended. */
  readonly pagesPerRun: number;
}

/** Compares our books with those of the providers and of Temporal. One that is away holds no other up. */
export async function reconcile(
  { pagesPerRun }: ReconciliationLimits = { pagesPerRun: 400 },
): Promise<ReconciliationSummary> {
  const period = await pages.nextPeriod(undefined);
  const from = (cursor = period.since): Period => ({ ...period, since: cursor });
  const scope = { ...period, pagesPerRun };
  const [payments, shipments, stock, orders] = await Promise.all([
    carryOut(scope, 'payments', [
      (cursor) => pages.comparePayments(from(cursor)),
      () => lists.comparePaymentList(period),
    ]),
    carryOut(scope, 'shipments', [
      (cursor) => pages.compareShipments(from(cursor)),
      () => lists.compareLabelList(period),
    ]),
    carryOut(scope, 'stock', [() => pages.compareStock(period)]),
    carryOut(scope, 'orders', [(after = '') => pages.sweepOrders({ ...period, after })]),
  ]);
  return { payments, shipments, stock, orders };
}

/** A part that fails is kept with the reason. */
async function carryOut(
  scope: Scope,
  kind: ReconciliationKind,
  comparisons: readonly Comparison[],
): Promise<PartSummary> {
  const tally = new FindingsTally();
  // A schedule gives two runs that it begins within one second the same workflow id.
  const { workflowId, runId } = workflowInfo();
  const startedAt = new Date().toISOString();
  const coveredUntil = await compareAll(tally, scope, comparisons);
  const summary = tally.summary();
  await pages.keepReconciliation({
    runId: `${workflowId}/${runId}`,
    kind,
    startedAt,
    ...(goByTime.includes(kind) && { coveredUntil }),
    ...summary,
    differing: tally.differing,
  });
  if (summary.differed > 0) log.warn('books differ', { kind, ...summary });
  return summary;
}

/** @returns until when everything was compared */
async function compareAll(
  tally: FindingsTally,
  scope: Scope,
  comparisons: readonly Comparison[],
): Promise<string> {
  const { since, until, pagesPerRun } = scope;
  try {
    for (const compare of comparisons) {
      const cutAt = await comparePages(tally, compare, pagesPerRun);
      if (cutAt !== undefined) return cutAt;
    }
    return until;
  } catch (error) {
    if (isCancellation(error)) throw error;
    tally.failed(error);
    return since;
  }
}

/** @returns the page to go on with, when there were too many for one run */
async function comparePages(
  tally: FindingsTally,
  compare: Comparison,
  pagesPerRun: number,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let count = 0; count < pagesPerRun; count += 1) {
    const page = await compare(cursor);
    tally.add(page);
    cursor = page.next;
    if (cursor === undefined) return undefined;
  }
  return cursor;
}
