import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RejectionReason } from '../../domain/facts.js';
import { shipmentIdOf, type ShipmentId } from '../../domain/ids.js';
import { acceptCancels } from './cancel.js';
import { StepFailed } from '../dispatch.js';
import type { CancelRequest } from '../messages.js';
import type { OrderInput } from './messages.js';
import { OrderLife } from './order-life.js';
import { Parcel } from './parcel.js';
import { SideSteps } from './side-steps.js';
import { Undos } from './undos.js';

/** Why an order does not go on. */
export type Stop =
  | { readonly kind: 'rejected'; readonly reason: RejectionReason }
  | { readonly kind: 'cancelled'; readonly request: CancelRequest }
  | { readonly kind: 'failed'; readonly step: string };

/** What one order carries with it on its way. */
export class Journey {
  readonly life: OrderLife;
  readonly undos: Undos;
  readonly sideSteps: SideSteps;
  readonly parcel: Parcel;
  readonly shipmentId: ShipmentId;
  /** Set when somebody asked for a cancel by a message, and it was accepted. */
  cancelRequest: CancelRequest | undefined;
  private readonly cancellable = new CancellationScope();

  constructor(input: OrderInput) {
    this.shipmentId = shipmentIdOf(input.orderId);
    this.life = new OrderLife(input);
    this.undos = new Undos(this.life);
    this.sideSteps = new SideSteps(this.life, this.undos);
    this.parcel = new Parcel(this.shipmentId);
    acceptCancels(this);
  }

  cancel(request: CancelRequest): void {
    this.cancelRequest ??= request;
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
