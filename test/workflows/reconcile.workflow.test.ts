import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { typeid } from 'typeid-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReconciliationActivities } from '../../src/activities/reconciliation.js';
import type { ReconciliationRecord } from '../../src/activities/reconciliation-ports.js';
import type { Difference, ReconciliationKind } from '../../src/domain/ledgers.js';
import type { reconcile, ReconciliationLimits } from '../../src/workflows/reconcile.js';
import { sharedEnvironment } from '../support/environment.js';
import { workflowBundlePath } from '../support/order-worker.js';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await sharedEnvironment();
});
afterAll(() => environment.teardown());

const period = { since: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' };
const nothing = { lookedAt: 0, agreed: 0, differences: [] };

const difference = (outcome: Difference['outcome'], subject = 'it differs'): Difference => ({
  kind: 'sums_differ',
  orderId: 'ord_1',
  subject,
  outcome,
});

/** Runs the workflow over activities that find nothing, but for those that are given. */
async function run(
  changes: Partial<ReconciliationActivities>,
  limits?: ReconciliationLimits,
  workflowId: string = typeid('reconciliation').toString(),
) {
  const records = new Map<ReconciliationKind, ReconciliationRecord>();
  const find = () => Promise.resolve(nothing);
  const activities: ReconciliationActivities = {
    nextPeriod: () => Promise.resolve(period),
    comparePayments: find,
    comparePaymentList: find,
    compareShipments: find,
    compareLabelList: find,
    compareStock: find,
    sweepOrders: find,
    keepReconciliation: (record) => {
      records.set(record.kind, record);
      return Promise.resolve();
    },
    ...changes,
  };
  const taskQueue = typeid('queue').toString();
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: workflowBundlePath },
    activities,
  });
  const summary = await worker.runUntil(
    environment.client.workflow.execute<typeof reconcile>('reconcile', {
      taskQueue,
      workflowId,
      args: limits === undefined ? [] : [limits],
    }),
  );
  return { summary, records, workflowId };
}

test.concurrent('a run keeps one record for each part, with what it covered', async () => {
  const { records } = await run({});
  const covered = [...records].map(([kind, { coveredUntil }]) => [kind, coveredUntil]);
  expect(Object.fromEntries(covered)).toEqual({
    payments: period.until,
    shipments: period.until,
    stock: undefined,
    orders: undefined,
  });
});

test.concurrent(
  'the parts of a run have one name, and another run of the same workflow id has another',
  async () => {
    const first = await run({});
    const second = await run({}, undefined, first.workflowId);
    const namesIn = ({ records }: typeof first) =>
      new Set([...records.values()].map(({ runId }) => runId));
    expect(namesIn(first).size).toBe(1);
    expect(new Set([...namesIn(first), ...namesIn(second)]).size).toBe(2);
    for (const name of namesIn(second)) expect(name).toContain(first.workflowId);
  },
);

test.concurrent('pages are asked for until there is no next one, and add up', async () => {
  const asked: string[] = [];
  const { records, summary } = await run({
    comparePayments: ({ since }) => {
      asked.push(since);
      const isLast = asked.length === 3;
      return Promise.resolve({
        lookedAt: 10,
        agreed: 8,
        differences: [difference('auto_fixed'), difference('raised')],
        ...(!isLast && { next: `page ${asked.length}` }),
      });
    },
    comparePaymentList: () =>
      Promise.resolve({ lookedAt: 1, agreed: 0, differences: [difference('reported')] }),
  });
  expect(asked).toEqual([period.since, 'page 1', 'page 2']);
  expect(summary.payments).toEqual({ lookedAt: 31, agreed: 24, mended: 3, differed: 4 });
  expect(records.get('payments')!.differing.map(({ outcome }) => outcome)).toEqual([
    'raised',
    'raised',
    'raised',
    'reported',
  ]);
});

test.concurrent(
  'a part that fails is kept with its reason, covers nothing, and holds no other up',
  async () => {
    const refusal = ApplicationFailure.nonRetryable('payments: the key is wrong');
    const { records, summary } = await run({
      comparePayments: () => Promise.reject(refusal),
      compareStock: () => Promise.resolve({ lookedAt: 4, agreed: 4, differences: [] }),
    });
    expect(records.get('payments')).toMatchObject({
      kind: 'payments',
      coveredUntil: period.since,
      failure: 'payments: the key is wrong',
    });
    expect(summary.stock).toEqual({ lookedAt: 4, agreed: 4, mended: 0, differed: 0 });
  },
);

test.concurrent('of very many differences all are counted and a hundred are kept', async () => {
  const differences = Array.from({ length: 150 }, (_, index) => difference('raised', `${index}`));
  const { records } = await run({
    compareStock: () => Promise.resolve({ lookedAt: 150, agreed: 0, differences }),
  });
  expect(records.get('stock')).toMatchObject({ kind: 'stock', differed: 150 });
  expect(records.get('stock')!.differing).toHaveLength(100);
});

test.concurrent(
  'a run that has too much to do ends, and says where the next one goes on',
  async () => {
    const { records } = await run(
      {
        compareShipments: ({ since }) => {
          const page = since === period.since ? 1 : Number(since) + 1;
          return Promise.resolve({ ...nothing, lookedAt: 1, next: String(page) });
        },
        compareLabelList: () => Promise.reject(ApplicationFailure.nonRetryable('not its turn')),
      },
      { pagesPerRun: 3 },
    );
    expect(records.get('shipments')).toMatchObject({
      kind: 'shipments',
      lookedAt: 3,
      coveredUntil: '3',
    });
    expect(records.get('shipments')).not.toHaveProperty('failure');
  },
);
