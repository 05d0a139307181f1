import { WorkflowUpdateFailedError, type WorkflowHandleWithStartDetails } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { typeid } from 'typeid-js';
import { expect } from 'vitest';
import type { RecordedFact } from '../../src/domain/facts.js';
import { shipmentIdOf } from '../../src/domain/ids.js';
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
import type { Fakes } from './fakes.js';
import { waitFor } from './wait-for.js';

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

/** A return under way, what people do about it, and what is seen of it. */
export class PlacedReturn {
  constructor(
    readonly handle: WorkflowHandleWithStartDetails<typeof returnGoods>,
    readonly fakes: Fakes,
    readonly input: ReturnInput,
  ) {}

  get timeline(): readonly RecordedFact[] {
    return this.fakes.timelines.get(this.input.orderId) ?? [];
  }

  get facts(): string[] {
    return this.fakes.facts(this.input.orderId);
  }

  async waitForStatus(status: ReturnStatus): Promise<void> {
    await waitFor(`a return that is ${status}`, async () => {
      expect((await this.handle.query(returnStatusQuery)).status).toBe(status);
    });
  }

  /** What the warehouse finds in the parcel. */
  inspect(...lines: Inspection['lines']) {
    return this.handle.executeUpdate(inspectReturnUpdate, {
      args: [{ by: 'warehouse-7', lines }],
    });
  }

  /** The goods arrive, and the return goes to its end. */
  async comesBack(...lines: Inspection['lines']) {
    await this.waitForStatus('awaiting_goods');
    await this.inspect(...lines);
    return this.handle.result();
  }

  decide(decision: Approval['decision'], by = 'mia') {
    return this.handle.executeUpdate(approveReturnUpdate, {
      args: [{ decision, by, reason: 'worn' }],
    });
  }
}

/** The payments and the settlement of a return of all that its order delivered. */
export function prepareReturn(fakes: Fakes, { orderId, lines }: ReturnInput): void {
  const total = money(3230, 'EUR');
  fakes.always('refundPayment', () => ({ kind: 'undone' }));
  fakes.always('settleReturn', (found: Inspection['lines']) => {
    const units = (sku: string, verdict: Verdict) =>
      found
        .filter((line) => line.sku === sku && line.verdict === verdict)
        .reduce((sum, { quantity }) => sum + quantity, 0);
    const inspected = lines.map((line) => ({
      ...line,
      restocked: units(line.sku, 'restock'),
      scrapped: units(line.sku, 'scrap'),
      refused: units(line.sku, 'refuse'),
    }));
    return settle(inspected, {
      goods: { lines, shipping: money(0, 'EUR') },
      others: [],
      facts: [
        { type: 'payment.authorized', paymentId: 'pi_1', amount: total },
        { type: 'payment.captured', amount: total, shipmentId: shipmentIdOf(orderId) },
      ],
    });
  });
}

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
