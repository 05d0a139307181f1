import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RejectionReason, SkuQuantity } from '../domain/facts.js';
import { shipmentIdOf, type ShipmentId } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { Parcel } from '../domain/parcels.js';
import { Attention } from './attention.js';
import { acceptCancels } from './cancel.js';
import { Confirmation } from './confirmation.js';
import { Customer } from './customer.js';
import { Deadlines } from './deadlines.js';
import { StepFailed } from './dispatch.js';
import type { CancelRequest, OrderInput } from './messages.js';
import { OrderLife } from './order-life.js';
import { SideSteps } from './side-steps.js';
import { Tracking } from './tracking.js';
import { Undos } from './undos.js';

/** Why an order does not go on. */
export type Stop =
  | { readonly kind: 'rejected'; readonly reason: RejectionReason }
  | { readonly kind: 'cancelled'; readonly request: CancelRequest }
  | { readonly kind: 'failed'; readonly step: string };

export const rejected = (reason: RejectionReason): Stop => ({ kind: 'rejected', reason });

/** An authorization, counted from 1; with the provider's id as soon as there is one. */
export interface Authorized {
  readonly number: number;
  readonly paymentId?: string;
}

/** What one order carries with it on its way. */
export class Journey {
  readonly life: OrderLife;
  readonly deadlines = new Deadlines();
  readonly attention: Attention;
  readonly undos: Undos;
  readonly sideSteps: SideSteps;
  readonly tracking: Tracking;
  readonly customer: Customer;
  readonly confirmation: Confirmation;
  /** What is to be sent, once it is known where from. */
  parcels: readonly Parcel[];
  shipping: Money;
  /** What is left to pay of the order. */
  total: Money;
  /** What is sent of an order whose goods were not all there. */
  reducedTo: readonly SkuQuantity[] | undefined;
  /** The authorization in force. */
  payment: Authorized = { number: 1 };
  /** The authorization that each parcel's money was taken from, or was tried to be. */
  readonly captured = new Map<ShipmentId, Authorized>();
  /** The parcels whose money was taken, or is not wanted any more. */
  readonly taken = new Set<ShipmentId>();
  /** The authorization that takes the place of one that ran out. */
  renewal: Promise<boolean> | undefined;
  /** How many parcels were sent in place of lost ones. */
  replacements = 0;
  /** Set when somebody asked for a cancel by a message, and it was accepted. */
  cancelRequest: CancelRequest | undefined;
  private readonly cancellable: CancellationScope;

  constructor({ input }: { readonly input: OrderInput }) {
    this.life = new OrderLife(input);
    this.attention = new Attention(this.life);
    this.undos = new Undos(this.life, this.attention, this.deadlines);
    this.sideSteps = new SideSteps(this);
    this.tracking = new Tracking();
    this.customer = new Customer(this);
    this.confirmation = new Confirmation(this);
    this.shipping = input.shipping;
    this.total = input.total;
    this.parcels = [onlyParcel(input)];
    this.cancellable = this.scopeUntilHandOver();
    acceptCancels(this);
  }

  cancel(request: CancelRequest): void {
    this.cancelRequest ??= request;
    this.stopForward();
  }

  private stopForward(): void {
    this.sideSteps.cancel();
    this.cancellable.cancel();
  }

  /** Goes forward until it is done, stopped by an outcome, cancelled, or out of patience. */
  async forward(go: () => Promise<Stop | undefined>): Promise<Stop | undefined> {
    try {
      return await this.cancellable.run(go);
    } catch (error) {
      if (this.isCancel(error)) return { kind: 'cancelled', request: this.requestOfCancel };
      if (error instanceof StepFailed) return { kind: 'failed', step: error.step };
      throw error;
    }
  }

  /** Temporal's own cancel is one as well, until the first parcel has left; after that it is too late. */
  private scopeUntilHandOver(): CancellationScope {
    const outside = CancellationScope.current();
    const parent = new CancellationScope({ cancellable: false });
    const scope = new CancellationScope({ cancellable: true, parent });
    outside.cancelRequested.catch(() => {
      if (!this.tracking.hasAnyLeft) this.stopForward();
    });
    return scope;
  }

  /** An attempt that fails after the cancel was asked for is not tried again, and tells of its own failure. */
  private isCancel(error: unknown): boolean {
    return (
      isCancellation(error) || (error instanceof StepFailed && this.cancellable.consideredCancelled)
    );
  }

  private get requestOfCancel(): CancelRequest {
    return this.cancelRequest ?? { requestedBy: 'temporal', reason: 'workflow cancelled' };
  }
}

/** What is assumed to be sent while the stock has not said where from. */
const onlyParcel = ({ orderId, lines, total }: OrderInput): Parcel => ({
  shipmentId: shipmentIdOf(orderId),
  warehouseId: '',
  lines,
  amount: total,
});
