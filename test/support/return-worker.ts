import { WorkflowUpdateFailedError, type WorkflowHandleWithStartDetails } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { typeid } from 'typeid-js';
import { expect } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import type { PaymentGateway, Ports } from '../../src/activities/ports.js';
import { shipmentIdOf, type OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import { settle } from '../../src/domain/returnable.js';
import type { ReturnStatus, Verdict } from '../../src/domain/returns.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import {
  approveReturnUpdate,
  inspectReturnUpdate,
  refusedType,
  returnStatusQuery,
  type Approval,
  type Inspection,
  type ReturnInput,
} from '../../src/workflows/messages.js';
import type { returnGoods } from '../../src/workflows/return.js';
import { waitFor } from './wait-for.js';
import { Fakes } from './fakes.js';
import { workflowBundlePath } from './order-worker.js';

export type ReturnHandle = WorkflowHandleWithStartDetails<typeof returnGoods>;

/** Input of a return of two packets of tea and a mug, 32.30 EUR, that nobody has to approve. */
export const aReturnInput = (changes: Partial<ReturnInput> = {}): ReturnInput => ({
  returnId: typeid('ret').toString(),
  orderId: typeid('ord').toString(),
  customerId: 'cus_42',
  member: true,
  lines: [
    { sku: 'TEA-100', quantity: 2, amount: money(1780, 'EUR') },
    { sku: 'MUG-200', quantity: 1, amount: money(1450, 'EUR') },
  ],
  kind: 'refund',
  requestedBy: 'customer',
  approval: [],
  requestedAt: new Date().toISOString(),
  limits: standardServiceLevel.returns,
  undoMs: standardServiceLevel.undoMs,
  ...changes,
});

export const exchangeOrderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';

/** The small fakes of the orders, with a book of returns and a memory for what moved. */
export class ReturnFakes {
  readonly fakes = new Fakes();
  readonly refunds: Parameters<PaymentGateway['refund']>[0][] = [];
  readonly restocked: unknown[] = [];
  readonly points: number[] = [];
  readonly exchanges: string[] = [];

  constructor(readonly input: ReturnInput = aReturnInput()) {}

  get facts(): string[] {
    return this.fakes.facts(this.input.orderId);
  }

  get ports(): Ports {
    const { ports } = this.fakes;
    return {
      ...ports,
      payments: {
        ...ports.payments,
        refund: async (request) => {
          this.refunds.push(request);
          await ports.payments.refund(request);
          return { kind: 'undone' };
        },
      },
      inventory: {
        ...ports.inventory,
        restock: async (key, lines) => {
          await ports.inventory.restock(key, lines);
          this.restocked.push(lines);
        },
      },
      loyalty: {
        ...ports.loyalty,
        revokePart: (request) => {
          this.points.push(request.points);
          return ports.loyalty.revokePart(request);
        },
      },
      returns: {
        warehouseOf: () => Promise.resolve('wh_1'),
        record: (entry) => ports.journal.append(entry),
        settle: async ({ orderId, returnId, key, by, lines }) => ({
          settlement: this.settlement(lines),
          ...(await ports.journal.append({
            orderId,
            key,
            facts: [{ type: 'return.received', returnId, by, lines }],
          })),
        }),
      },
      exchanges: {
        place: (returnId) => {
          this.exchanges.push(returnId);
          return Promise.resolve(exchangeOrderId);
        },
      },
    };
  }

  private settlement(found: Inspection['lines']) {
    const units = (sku: string, verdict: string) =>
      found
        .filter((line) => line.sku === sku && line.verdict === verdict)
        .reduce((sum, { quantity }) => sum + quantity, 0);
    const total = money(3230, 'EUR');
    return settle(
      this.input.lines.map((line) => ({
        ...line,
        restocked: units(line.sku, 'restock'),
        scrapped: units(line.sku, 'scrap'),
        refused: units(line.sku, 'refuse'),
      })),
      {
        goods: { lines: this.input.lines, shipping: money(0, 'EUR') },
        others: [],
        facts: [
          { type: 'payment.authorized', paymentId: 'pi_1', amount: total },
          { type: 'payment.captured', amount: total, shipmentId: shipmentIdOf(this.input.orderId) },
        ],
      },
    );
  }
}

/** A worker whose activities reach the given fakes, on a task queue of its own. */
export async function returnWorker(
  environment: TestWorkflowEnvironment,
  returns: ReturnFakes,
  taskQueue: string = typeid('queue').toString(),
) {
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: workflowBundlePath },
    activities: createActivities(returns.ports),
  });
  const start = (): Promise<ReturnHandle> =>
    environment.client.workflow.start<typeof returnGoods>('returnGoods', {
      args: [returns.input],
      workflowId: returns.input.returnId,
      taskQueue,
      workflowTaskTimeout: 10_000,
    });
  return { worker, start, taskQueue };
}

/** Tells the story of one return, from its start on. */
export async function live<Result>(
  environment: TestWorkflowEnvironment,
  returns: ReturnFakes,
  story: (handle: ReturnHandle) => Promise<Result>,
): Promise<Result> {
  const { worker, start } = await returnWorker(environment, returns);
  return worker.runUntil(async () => story(await start()));
}

export const statusOf = async (handle: ReturnHandle): Promise<ReturnStatus> =>
  (await handle.query(returnStatusQuery)).status;

export const waitForStatus = (handle: ReturnHandle, status: ReturnStatus) =>
  waitFor(`a return that is ${status}`, async () => {
    expect(await statusOf(handle)).toBe(status);
  });

export const inspect = (handle: ReturnHandle, ...lines: Inspection['lines']) =>
  handle.executeUpdate(inspectReturnUpdate, { args: [{ by: 'warehouse-7', lines }] });

export const decide = (handle: ReturnHandle, decision: Approval['decision'], by = 'mia') =>
  handle.executeUpdate(approveReturnUpdate, { args: [{ decision, by, reason: 'worn' }] });

/** @returns what the workflow says to a message that it does not take */
export async function refusal(message: Promise<unknown>): Promise<string> {
  const error: unknown = await message.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.type !== refusedType) {
    throw new Error('It was not refused', { cause: error });
  }
  return cause.message;
}

export const tea = (quantity: number, verdict: Verdict) => ({ sku: 'TEA-100', quantity, verdict });
export const mug = (verdict: Verdict) => ({ sku: 'MUG-200', quantity: 1, verdict });

/** So little time for a person and for the goods that a test can wait for its end. */
export const soon = { ...standardServiceLevel.returns, approveMs: 300, arriveMs: 300 };
