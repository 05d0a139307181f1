import {
  type ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import { isEnded } from '../../domain/order-state.js';
import { isAccepted } from '../../domain/commands.js';
import { StepFailed } from '../kit/activities.js';
import { assertWellFormed, onUpdate, refusal } from '../kit/handlers.js';
import type { OrderRecorder } from '../kit/recorder.js';
import { byTemporal, completeRequest, type CancelRequest, type Stop } from '../../domain/stop.js';
import {
  cancelOrderUpdate,
  cancelRefusedType,
  cancelSignal,
  type CancelAnswer,
} from '../messages.js';
import type { Shipments } from '../../domain/shipments.js';

/** A cancel that was accepted, and what came of it. */
interface Attempt {
  readonly request: CancelRequest;
  /** The carrier has a parcel, so that the order goes on. */
  isRefused: boolean;
}

/**
 * The one way to cancel an order: by an update with an answer, by a signal without one, or in Temporal
 * itself. What the order does is stopped; what was labelled is for the carrier to give back.
 */
export class Cancellation {
  private attempt: Attempt | undefined;
  private recorded: Promise<unknown> | undefined;
  private refusing: Promise<unknown> | undefined;
  private readonly scope: CancellationScope;

  constructor(
    private readonly recorder: OrderRecorder,
    private readonly shipments: Shipments,
  ) {
    this.scope = this.scopeUntilHandOver();
    onUpdate(cancelOrderUpdate, 'Cancel, and hear how it ended', {
      check: (request) => {
        assertWellFormed(recorder, request, { requestedBy: 'text', reason: 'text' });
        if (!this.isPossible) throw this.tooLate();
      },
      handle: (request) => CancellationScope.nonCancellable(() => this.answer(request)),
    });
    setHandler(cancelSignal, (request) => {
      const asked = completeRequest(request);
      if (this.isPossible) this.begin(asked);
      else return CancellationScope.nonCancellable(() => this.recordRefusal(asked));
    });
  }

  /** The cancel that the order is about to carry out; undefined once the carrier has thwarted it. */
  get request(): CancelRequest | undefined {
    return this.attempt?.isRefused === false ? this.attempt.request : undefined;
  }

  get isRequested(): boolean {
    return this.request !== undefined;
  }

  /** Goes forward until it is done, stopped by an outcome, cancelled, or out of patience. */
  async forward(go: () => Promise<Stop | undefined>): Promise<Stop | undefined> {
    try {
      const stop = await this.scope.run(go);
      const { request } = this;
      // A cancel that was taken has its effect, also when the order stops for another reason meanwhile.
      return stop && request ? { kind: 'cancelled', request } : stop;
    } catch (error) {
      const stop = this.stopBy(error);
      if (stop === undefined) throw error;
      return stop;
    }
  }

  /** Why an order stops whose step threw this; undefined for a defect, and for a cancel of its scope alone. */
  stopBy(error: unknown): Stop | undefined {
    const { request } = this;
    const isFailure = error instanceof StepFailed;
    // An attempt that fails after the cancel came is not retried and surfaces as its own failure.
    if (request && (isFailure || isCancellation(error))) return { kind: 'cancelled', request };
    return isFailure ? { kind: 'failed', step: error.step } : undefined;
  }

  /** Stops what the order does. At once on record, so that it can be seen while a provider hangs. */
  begin(request: CancelRequest): Attempt {
    if (this.attempt === undefined) {
      this.recorder.stop();
      const asked = {
        type: 'order.cancel_requested',
        by: request.requestedBy,
        reason: request.reason,
      } as const;
      const record = () => this.recorder.record('cancel', [asked]);
      this.recorded = CancellationScope.nonCancellable(record);
      this.attempt = { request, isRefused: false };
      this.scope.cancel();
    }
    return this.attempt;
  }

  /** Waits until the cancel is on record: what it brings about comes after it in the timeline. */
  async whenRecorded(): Promise<void> {
    await this.recorded;
  }

  /** The carrier has a parcel that it does not give back: the order goes on with what is gone. */
  async refuse(): Promise<void> {
    const { attempt } = this;
    if (attempt === undefined) return;
    this.refusing ??= this.recordRefusal(attempt.request, 'parcel_left');
    await this.refusing;
    attempt.isRefused = true;
    this.recorder.goOn();
  }

  private async answer(request: CancelRequest): Promise<CancelAnswer> {
    const attempt = this.begin(request);
    await condition(() => isEnded(this.recorder.state) || attempt.isRefused);
    if (!attempt.isRefused) return this.recorder.summary();
    const idsOf = (recall: 'back' | 'gone') => this.shipments.recalled(recall).map(({ id }) => id);
    const cancelled = idsOf('back');
    if (cancelled.length === 0) throw this.tooLate();
    await condition(() => this.shipments.recalled('back').every(({ isAtEnd }) => isAtEnd));
    return { ...this.recorder.summary(), shipments: { cancelled, sent: idsOf('gone') } };
  }

  /** From the hand-over on, and once the order is compensated for another reason, it is too late. */
  private get isPossible(): boolean {
    const { state, isStopping } = this.recorder;
    if (isStopping || state.stage === 'undo') return this.isRequested;
    return isAccepted(state, 'cancelOrder') && !this.shipments.isAnyHandedOver;
  }

  private tooLate(): ApplicationFailure {
    const reason = this.shipments.isAnyHandedOver
      ? 'The carrier has the parcel'
      : `The order is ${this.recorder.state.status}`;
    const message = `${reason}: it can no longer be cancelled`;
    return refusal(this.recorder, message, cancelRefusedType);
  }

  private async recordRefusal(
    { requestedBy: by }: CancelRequest,
    reason?: 'parcel_left',
  ): Promise<void> {
    const { status } = this.recorder.state;
    const why = reason === undefined ? {} : { reason };
    await this.recorder.record(`cancel-refused:${by}:${status}`, [
      { type: 'order.cancel_refused', by, status, ...why },
    ]);
  }

  /** Temporal's own cancel is one as well, until the first parcel has left; after that it is too late. */
  private scopeUntilHandOver(): CancellationScope {
    const outside = CancellationScope.current();
    const parent = new CancellationScope({ cancellable: false });
    outside.cancelRequested.catch(() => {
      if (this.isPossible) this.begin(byTemporal);
    });
    return new CancellationScope({ cancellable: true, parent });
  }
}
