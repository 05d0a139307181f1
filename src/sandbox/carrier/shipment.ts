import { newId, type StoredObject } from '../store.js';
import type { Tracker } from './tracker.js';

export const carrierName = 'SandboxPost';

type Fields = Readonly<Record<string, unknown>>;

/** A shipment in EasyPost's shape; its tracker is stored separately. */
export type Shipment = Readonly<ReturnType<typeof newShipment>>;

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
  readonly to: Fields;
  readonly from: Fields;
  readonly parcel: Fields;
  readonly options: Fields;
  readonly hasService: boolean;
  /** The parcel goes from `to` to `from`, as at EasyPost. */
  readonly isReturn: boolean;
}

export function newShipment(request: NewShipment) {
  const id = newId('shp');
  const now = new Date().toISOString();
  return {
    id,
    object: 'Shipment',
    mode: 'test',
    reference: request.reference,
    to_address: named(request.to, 'adr', 'Address'),
    from_address: named(request.from, 'adr', 'Address'),
    parcel: named(request.parcel, 'prcl', 'Parcel'),
    options: request.options,
    rates: request.hasService ? ratesOf(id, request) : [],
    messages: request.hasService ? [] : [noService],
    fees: [],
    selected_rate: null as Rate | null,
    postage_label: null as Fields | null,
    tracking_code: null as string | null,
    refund_status: null as 'submitted' | null,
    is_return: request.isReturn,
    created_at: now,
    updated_at: now,
  };
}

const named = (fields: Fields, prefix: string, object: string): Fields => ({
  ...fields,
  id: newId(prefix),
  object,
});

const noService = {
  carrier: carrierName,
  type: 'rate_error',
  message: 'No service to this postal code.',
};

type Rate = Readonly<ReturnType<typeof ratesOf>[number]>;

function ratesOf(shipmentId: string, { parcel, options }: NewShipment) {
  const currency = typeof options['currency'] === 'string' ? options['currency'] : 'USD';
  const ounces = Math.ceil(Number(parcel['weight'] ?? 0));
  const rate = (service: 'Standard' | 'Express', cents: number, days: number) => ({
    id: newId('rate'),
    object: 'Rate',
    carrier: carrierName,
    service,
    /** A decimal in the currency's major unit, as EasyPost has it. */
    rate: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    currency: currency.toUpperCase(),
    delivery_days: days,
    shipment_id: shipmentId,
  });
  return [rate('Standard', 490 + 2 * ounces, 3), rate('Express', 1_190 + 4 * ounces, 1)];
}
