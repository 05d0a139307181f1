import type { Difference, Findings } from '../../domain/ledgers.js';
import { alwaysRetryable } from '../error-classification.js';
import type { OpenOrder, Period, ReconciliationPorts } from '../reconciliation-ports.js';
import { addFindings, findingsOf, forEach, raise, type ComparedPage } from './findings.js';

type SweepPorts = Pick<ReconciliationPorts, 'ledgers' | 'openWorkflows' | 'journal'>;

const ordersPerPage = 500;
/** Of one page's stretch of ids; more than that can only be workflows without orders. */
const workflowsPerPage = 2_000;

export interface Sweep extends Period {
  /** The id that the page before ended with; empty for the first page. */
  readonly after: string;
}

export const orderSweep = (ports: SweepPorts) => ({
  /** Open orders without a workflow, and workflows without an open order, a stretch of ids at a time. */
  sweepOrders: alwaysRetryable(async ({ after, until }: Sweep): Promise<ComparedPage> => {
    const { items, next } = await ports.ledgers.openOrders(after, until, ordersPerPage);
    const running = await ports.openWorkflows.between(after, next, workflowsPerPage);
    const shown = new Set(running);
    const left = await forEach(
      items.filter(({ orderId }) => !shown.has(orderId)),
      (order) => checkOrder(ports, order),
    );
    const seen = items.length - left.length;
    const findings = addFindings([
      { lookedAt: seen, agreed: seen, differences: [] },
      ...left,
      ...(await checkWorkflows(ports, running, until)),
    ]);
    return { ...findings, ...(next !== undefined && { next }) };
  }),
});

/** Visibility may lag, so only what Temporal says of the one workflow counts. */
async function checkOrder(ports: SweepPorts, order: OpenOrder): Promise<Findings> {
  const { orderId, startedAt, total } = order;
  const status = await ports.openWorkflows.statusOf(orderId);
  if (status === 'running') return findingsOf([]);
  // It may have ended since it was read, and its workflow with it.
  if (!(await ports.ledgers.isOpen(orderId))) return findingsOf([]);
  const subject = `the order is open, its workflow is ${status}`;
  const reason = 'order_without_workflow';
  const key = `${reason}:${startedAt}`;
  await raise(ports.journal, { orderId, reason, subject, key, exposure: total });
  return findingsOf([{ kind: reason, orderId, subject, exposure: total, outcome: 'raised' }]);
}

async function checkWorkflows(
  { ledgers, openWorkflows }: SweepPorts,
  running: readonly string[],
  until: string,
): Promise<readonly Findings[]> {
  const suspects = await ledgers.withoutOpenOrder(running, until);
  const found = await forEach(suspects, async (id): Promise<readonly Difference[]> => {
    if ((await openWorkflows.statusOf(id)) !== 'running') return [];
    const subject = `${id}: the workflow runs, but there is no open order`;
    return [{ kind: 'workflow_without_order', orderId: null, subject, outcome: 'reported' }];
  });
  return found.filter((differences) => differences.length > 0).map(findingsOf);
}
