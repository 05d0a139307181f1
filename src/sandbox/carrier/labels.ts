import { randomInt } from 'node:crypto';

import { newId } from '../store.js';
import type { Call, Outcome } from '../provider-call.js';
import { refused } from './errors.js';
import {
  newShipment,
  orderIdOf,
  shownShipment,
  storedShipment,
  type NewShipment,
  type Shipment,
} from './shipment.js';
import { dueAfter, type Pace } from './journey.js';
import { advanced, isHandedOver, newTracker, storedTracker, type Tracker } from './tracker.js';

/** Quotes a shipment. An unknown address is refused; one without service has no rates. */
export function quote(request: NewShipment): Outcome {
  if (request.to['country'] === 'XX' || request.to['city'] === 'Nowhere') {
    return refused('ADDRESS.VERIFY.FAILURE', 'Unable to verify address.', [
      { field: 'address', message: 'Address not found', suggestion: null },
    ]);
  }
  const shipment = newShipment(request);
  return {
    answer: { status: 201, body: shownShipment(shipment, undefined) },
    change: { objects: [storedShipment(shipment)] },
    stored: true,
  };
}

export interface Purchase extends Call {
  readonly rateId: string | undefined;
  readonly pace: Pace;
  readonly siteUrl: string;
}

/** Buys the label, once per shipment. */
export function buy(shipment: Shipment, purchase: Purchase): Outcome {
  const { forced, key, pace, siteUrl } = purchase;
  if (shipment.postage_label !== null) {
    return refused('SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.');
  }
  if (forced === 'refuse') {
    return refused('SHIPMENT.POSTAGE.FAILURE', 'The carrier refused to sell postage.');
  }
  const rate = shipment.rates.find(({ id }) => id === purchase.rateId);
  if (rate === undefined) {
    return refused('SHIPMENT.POSTAGE.INVALID_RATE', 'The rate does not belong to this shipment.');
  }
  const tracker = newTracker(shipment, newTrackingCode(), siteUrl);
  const now = new Date().toISOString();
  const bought: Shipment = {
    ...shipment,
    selected_rate: rate,
    tracking_code: tracker.tracking_code,
    postage_label: { id: newId('pl'), object: 'PostageLabel', created_at: now },
    updated_at: now,
  };
  const dueMs = dueAfter(bought, tracker.status, pace);
  return outcomeOf({ kind: 'buy', shipment: bought, tracker, dueMs, key });
}

/** Voids the label, as long as the carrier does not have the parcel. */
export function refund(shipment: Shipment, tracker: Tracker | undefined, call: Call): Outcome {
  if (tracker === undefined) {
    return refused('SHIPMENT.REFUND.NOT_PURCHASED', 'This shipment has no postage to refund.');
  }
  if (shipment.refund_status !== null) {
    return refused('SHIPMENT.REFUND.ALREADY_REQUESTED', 'A refund was already requested.');
  }
  if (isHandedOver(tracker)) {
    return refused('SHIPMENT.REFUND.UNAVAILABLE', 'The carrier already has the parcel.');
  }
  if (call.forced === 'refuse') {
    return refused('SHIPMENT.REFUND.FAILURE', 'The carrier refused the refund.');
  }
  return outcomeOf({
    kind: 'void',
    shipment: { ...shipment, refund_status: 'submitted', updated_at: new Date().toISOString() },
    tracker: advanced(tracker, 'cancelled'),
    dueMs: null,
    key: call.key,
  });
}

function outcomeOf(result: {
  readonly kind: 'buy' | 'void';
  readonly shipment: Shipment;
  readonly tracker: Tracker;
  readonly dueMs: number | null;
  readonly key: string | undefined;
}): Outcome {
  const { kind, shipment, tracker, dueMs, key } = result;
  const orderId = orderIdOf(shipment.reference);
  const entry = {
    kind,
    shipment_id: shipment.id,
    tracking_number: shipment.tracking_code,
    reference: shipment.reference,
    is_return: shipment.is_return,
    idempotency_key: key ?? null,
    at: new Date().toISOString(),
  };
  return {
    answer: { status: 200, body: shownShipment(shipment, tracker) },
    change: {
      objects: [storedShipment(shipment), storedTracker(tracker, orderId, dueMs)],
      ledger: [{ section: 'labels', orderId, entry }],
    },
    stored: true,
  };
}

const newTrackingCode = (): string => `SBX${String(randomInt(10 ** 12)).padStart(12, '0')}`;
