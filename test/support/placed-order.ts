import { expect } from 'vitest';
import type { AuthorizationRequest } from '../../src/activities/ports.js';
import type { AttentionChoice, AttentionReason } from '../../src/domain/attention.js';
import type { CarrierMilestone } from '../../src/domain/shipment.js';
import type { Fact, FactOf, FactType, RecordedFact } from '../../src/domain/facts.js';
import { shipmentIdOf, type AttentionId, type OrderId } from '../../src/domain/ids.js';
import type { Money } from '../../src/domain/money.js';
import {
  cancelOrderUpdate,
  carrierEventSignal,
  resolveAttentionUpdate,
  statusQuery,
  type OrderSummary,
} from '../../src/workflows/messages.js';
import type { Fakes } from './fakes.js';
import type { OrderHandle } from './order-worker.js';
import { waitFor } from './wait-for.js';

type Raised = FactOf<'attention.raised'> & { readonly id: AttentionId };

export const cancelRequest = { requestedBy: 'buyer', reason: 'changed my mind' };

/** An order under way, what people and carriers do to it, and what is seen of it. */
export class PlacedOrder {
  constructor(
    readonly handle: OrderHandle,
    readonly fakes: Fakes,
  ) {}

  get id(): OrderId {
    return this.handle.workflowId as OrderId;
  }

  get timeline(): readonly RecordedFact[] {
    return this.fakes.timelines.get(this.id) ?? [];
  }

  get facts(): string[] {
    return this.fakes.facts(this.id);
  }

  /** The facts of these types, in their order. */
  recorded<Type extends FactType>(...types: readonly Type[]): (RecordedFact & FactOf<Type>)[] {
    return this.timeline.filter((fact): fact is RecordedFact & FactOf<Type> =>
      (types as readonly Fact['type'][]).includes(fact.type),
    );
  }

  /** The money in the facts of one type, in their order. */
  amounts(type: FactType): Money[] {
    return this.recorded(type).flatMap((fact) => ('amount' in fact ? [fact.amount] : []));
  }

  waitForFact(type: string, times = 1): Promise<boolean> {
    const happened = () => this.facts.filter((fact) => fact === type).length;
    return waitFor(`fact ${times} of ${type}`, () => happened() >= times);
  }

  waitForState(state: Partial<OrderSummary>): Promise<void> {
    return waitFor(`an order in ${JSON.stringify(state)}`, async () => {
      expect(await this.handle.query(statusQuery)).toMatchObject(state);
    });
  }

  /** It is labelled and paid, and waits for the carrier. */
  waitForHandOver(): Promise<void> {
    return this.waitForState({ stage: 'hand_over' });
  }

  /** @returns the answer to the cancel */
  cancel() {
    return this.handle.executeUpdate(cancelOrderUpdate, { args: [cancelRequest] });
  }

  /** @returns when the cancel is accepted */
  startCancel() {
    const args: [typeof cancelRequest] = [cancelRequest];
    return this.handle.startUpdate(cancelOrderUpdate, { args, waitForStage: 'ACCEPTED' });
  }

  /**
   * What the carrier reports.
   * @param index counts the order's shipments from 0
   * @param more distinguishes events of one milestone and shipment
   */
  report(milestone: CarrierMilestone, index = 0, more = ''): Promise<void> {
    const shipmentId = shipmentIdOf(this.id, index);
    const eventId = `evt_${milestone}_${index}${more}`;
    return this.handle.signal(carrierEventSignal, { eventId, shipmentId, milestone });
  }

  /** The carrier takes these parcels and brings them. */
  async deliver(...indexes: number[]): Promise<void> {
    for (const index of indexes) await this.report('handed_over', index);
    for (const index of indexes) await this.report('delivered', index);
  }

  /** The items that were raised for this reason, the first one first. */
  items(reason: AttentionReason): Raised[] {
    return this.recorded('attention.raised').filter(
      (fact): fact is typeof fact & Raised => fact.reason === reason && fact.id !== undefined,
    );
  }

  /** Waits for an item of this reason. @param index counts those that were raised before it */
  openItem(reason: AttentionReason, index = 0): Promise<Raised> {
    return waitFor(`item ${index} for ${reason}`, () => this.items(reason)[index] ?? false);
  }

  /** What a person decides about an item. */
  decide({ id: attentionId }: Raised, choice: AttentionChoice, by = 'ann') {
    const args: [object] = [{ attentionId, choice, by, note: 'seen to' }];
    return this.handle.executeUpdate(resolveAttentionUpdate, { args: args as never });
  }

  /** Waits for the order's end. Its row must say the same as its workflow. */
  async end(): Promise<OrderSummary> {
    const summary = await this.handle.result();
    const { status, stage, paymentStatus, fulfillmentStatus } = summary;
    const statuses = { status, stage, paymentStatus, fulfillmentStatus };
    expect(this.fakes.rows.get(this.id)?.state, 'the row').toMatchObject(statuses);
    return summary;
  }

  /** It ends with these statuses, and nothing is left for a person to do. */
  async endsAs(
    status: OrderSummary['status'],
    paymentStatus?: OrderSummary['paymentStatus'],
    fulfillmentStatus?: OrderSummary['fulfillmentStatus'],
  ): Promise<void> {
    expect(await this.end()).toMatchObject({
      status,
      stage: 'done',
      needsAttention: false,
      ...(paymentStatus && { paymentStatus }),
      ...(fulfillmentStatus && { fulfillmentStatus }),
    });
  }

  /** It comes to the hand-over, and then all its parcels arrive. @param parcels how many */
  async isDelivered(parcels = 1): Promise<void> {
    await this.waitForHandOver();
    await this.deliver(...Array.from({ length: parcels }, (_, index) => index));
    await this.endsAs('delivered');
  }

  /** It ends rejected for this reason, and its buyer gets a mail about it. */
  async isRejected(reason: string): Promise<void> {
    await this.endsAs('rejected', undefined, 'none');
    expect(this.recorded('order.rejected')).toMatchObject([{ reason }]);
    expect(this.fakes.calls).toContain('rejection');
  }

  /** The second parcel's stock is free again, and its money, 8.90 EUR, is not held any more. */
  expectSecondAbandoned(): void {
    expect(this.fakes.requests('releaseParcel')).toMatchObject([[this.id, 'wh_2']]);
    expect(this.fakes.requests('releaseRemainder')).toMatchObject([{ paymentId: 'pi_1' }]);
    expect(this.recorded('payment.remainder_released')).toMatchObject([
      { amount: { amountMinor: 890, currency: 'EUR' } },
    ]);
  }
}

/** Each authorization has a key of its own, or the bank would answer with the one before. */
export function expectAuthorizations({ fakes }: PlacedOrder, ...amountsMinor: readonly number[]) {
  const all = fakes.requests('authorizePayment') as AuthorizationRequest[];
  expect(all.map(({ amount }) => amount.amountMinor)).toEqual(amountsMinor);
  expect(new Set(all.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(all.length);
}
