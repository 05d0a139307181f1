import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { typeid } from 'typeid-js';
import { expect, test } from 'vitest';
import { attentionItem } from '../../../src/domain/attention-item.js';
import type { Findings } from '../../../src/domain/ledgers.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { temporalOpenWorkflows } from '../../../src/temporal/open-workflows.js';
import { newOrderId } from '../../adapters/own-database.js';
import { sharedEnvironment } from '../../support/environment.js';
import { useFixture } from '../../support/use-fixture.js';
import { waitFor } from '../../support/wait-for.js';
import { outcomesOf, startReconciliation } from './reconciliation.js';

const taskQueue = typeid('queue').toString();
const books = useFixture(async () => {
  const environment = await sharedEnvironment();
  const { client } = environment;
  const reconciliation = await startReconciliation(temporalOpenWorkflows(client, taskQueue));
  const stop = async () => {
    await reconciliation.stop();
    await environment.teardown();
  };
  return { ...reconciliation, client, stop };
});

/** Nobody works on this queue, so that the workflow stays as it is. */
const startWorkflow = (orderId: OrderId) =>
  books.client.workflow.start('order', { workflowId: orderId, taskQueue, args: [] });

async function startedOrder(status: string): Promise<OrderId> {
  const orderId = await books.orderWith(status, { type: 'order.confirmed' });
  await sql`update orders.orders set started_at = created_at where id = ${orderId}`.execute(
    books.database,
  );
  return orderId;
}

const sweep = (): Promise<Findings> =>
  books.activities.sweepOrders({ ...books.period(), after: '' });

const reported = ({ differences }: Findings, id: string) =>
  differences.filter(({ subject }) => subject.includes(id));

test('an open order without a workflow becomes work for a person, once', async () => {
  const orderId = await startedOrder('confirmed');
  expect(outcomesOf(await sweep(), orderId)).toEqual(['order_without_workflow raised']);
  await sweep();
  expect(await books.openItems(orderId)).toEqual([
    {
      reason: 'order_without_workflow',
      subject: 'the order is open, its workflow is missing',
      owner: 'support',
      exposure: 4_200,
      choices: ['mark_done', 'waive'],
    },
  ]);
  expect(await books.facts(orderId)).toEqual(['order.confirmed', 'attention.raised']);
});

test('an open order whose workflow was terminated is told apart from one that has none', async () => {
  const orderId = await startedOrder('shipped');
  const workflow = await startWorkflow(orderId);
  await workflow.terminate();
  await sweep();
  expect(await books.openItems(orderId)).toMatchObject([
    { subject: 'the order is open, its workflow is terminated' },
  ]);
});

test('an open order agrees with its running workflow, also before visibility shows it', async () => {
  const orderId = await startedOrder('confirmed');
  await startWorkflow(orderId);
  expect(outcomesOf(await sweep(), orderId)).toEqual([]);
});

test('an order that has not been started is left to the relay', async () => {
  const orderId = await books.orderWith('pending', { type: 'order.confirmed' });
  expect(outcomesOf(await sweep(), orderId)).toEqual([]);
});

test('a workflow without an order is reported, as is one whose order has ended', async () => {
  const stranger = newOrderId();
  const ended = await startedOrder('cancelled');
  await Promise.all([startWorkflow(stranger), startWorkflow(ended)]);
  await waitFor('the report of workflows without an order', async () => {
    const findings = await sweep();
    for (const id of [stranger, ended]) {
      expect(reported(findings, id)).toMatchObject([
        { kind: 'workflow_without_order', orderId: null, outcome: 'reported' },
      ]);
    }
  });
});

test('an ended order that waits for a person keeps its workflow', async () => {
  const orderId = await startedOrder('cancelled');
  const raised = { reason: 'side_step_failed', subject: 'cancellation' } as const;
  await books.record(orderId, 'stuck', attentionItem(randomUUID(), raised));
  await startWorkflow(orderId);
  const canary = newOrderId();
  await startWorkflow(canary);
  await waitFor('the report of the workflow alone', async () => {
    const findings = await sweep();
    expect(reported(findings, canary)).toHaveLength(1);
    expect(reported(findings, orderId)).toEqual([]);
  });
});
