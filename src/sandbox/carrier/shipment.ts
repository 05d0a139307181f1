import { newId } from '../identifiers.js';
import type { StoredObject } from '../store.js';
import type { Tracker } from './tracker.js';

export const carrierName = 'SandboxPost';

interface Rate {
  readonly id: string;
  readonly object: 'Rate';
  readonly carrier: string;
  readonly service: 'Standard' | 'Express';
  /** A decimal in the currency's major unit, as EasyPost has it. */
  readonly rate: string;
  readonly currency: string;
  readonly delivery_days: number;
  readonly shipment_id: string;
}

/** A shipment in EasyPost's shape; its tracker is stored separately. */
export interface Shipment {
  readonly id: string;
  readonly object: 'Shipment';
  readonly mode: 'test';
  readonly reference: string | null;
  readonly to_address: Readonly<Record<string, unknown>>;
  readonly from_address: Readonly<Record<string, unknown>>;
  readonly parcel: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rates: readonly Rate[];
  readonly messages: readonly unknown[];
  readonly fees: readonly unknown[];
  readonly selected_rate: Rate | null;
  readonly postage_label: Readonly<Record<string, unknown>> | null;
  readonly tracking_code: string | null;
  readonly refund_status: 'submitted' | null;
  readonly is_return: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A reference is `<order id>` or `<order id>:<anything>`. */
export const orderIdOf = (reference: string | null): string | null =>
  reference === null || reference === '' ? null : (reference.split(':')[0] ?? null);

export const storedShipment = (shipment: Shipment): StoredObject => ({
  id: shipment.id,
  kind: 'shipment',
  orderId: orderIdOf(shipment.reference),
  alias: shipment.reference,
  createdMs: Date.parse(shipment.created_at),
  body: shipment,
});

export function shipmentIn(objects: readonly StoredObject[]): Shipment | undefined {
  return objects.find(({ kind }) => kind === 'shipment')?.body as Shipment | undefined;
}

export function trackerIn(objects: readonly StoredObject[]): Tracker | undefined {
  return objects.find(({ kind }) => kind === 'tracker')?.body as Tracker | undefined;
}

/** The shipment as EasyPost answers it. */
export const shownShipment = (shipment: Shipment, tracker: Tracker | undefined) => ({
  ...shipment,
  status: tracker?.status ?? 'unknown',
  tracker: tracker ?? null,
});

export interface NewShipment {
  readonly reference: string | null;
  readonly to: Readonly<Record<string, unknown>>;
  readonly from: Readonly<Record<string, unknown>>;
  readonly parcel: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly hasService: boolean;
  /** The parcel goes from `to` to `from`, as at EasyPost. */
  readonly isReturn: boolean;
}

export function newShipment(request: NewShipment): Shipment {
  const id = newId('shp');
  const now = new Date().toISOString();
  return {
    id,
    object: 'Shipment',
    mode: 'test',
    reference: request.reference,
    to_address: { ...request.to, id: newId('adr'), object: 'Address' },
    from_address: { ...request.from, id: newId('adr'), object: 'Address' },
    parcel: { ...request.parcel, id: newId('prcl'), object: 'Parcel' },
    options: request.options,
    rates: request.hasService ? ratesOf(id, request) : [],
    messages: request.hasService ? [] : [noService],
    fees: [],
    selected_rate: null,
    postage_label: null,
    tracking_code: null,
    refund_status: null,
    is_return: request.isReturn,
    created_at: now,
    updated_at: now,
  };
}

const noService = {
  carrier: carrierName,
  type: 'rate_error',
  message: 'No service to this postal code.',
};

function ratesOf(shipmentId: string, { parcel, options }: NewShipment): readonly Rate[] {
  const currency = typeof options['currency'] === 'string' ? options['currency'] : 'USD';
  const ounces = Math.ceil(Number(parcel['weight'] ?? 0));
  const rate = (service: Rate['service'], cents: number, days: number): Rate => ({
    id: newId('rate'),
    object: 'Rate',
    carrier: carrierName,
    service,
    rate: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    currency: currency.toUpperCase(),
    delivery_days: days,
    shipment_id: shipmentId,
  });
  return [rate('Standard', 490 + 2 * ounces, 3), rate('Express', 1_190 + 4 * ounces, 1)];
}
