import { exampleOrder } from '../../src/up/demo.js';

/** Requests for orders, and what is seen of the orders from outside. */

export interface OrderView {
  readonly id: string;
  readonly status: string;
  readonly stage: string;
  readonly payment_status: string;
  readonly fulfillment_status: string;
  readonly needs_attention: boolean;
  readonly shipments: readonly { readonly tracking_number: string }[];
}

export interface Ledger {
  readonly payments: readonly { readonly kind: string; readonly amount: number }[];
  readonly labels: readonly { readonly kind: string }[];
  readonly messages: readonly { readonly template: string; readonly to: string }[];
}

export const anOrderRequest = exampleOrder;

export const kinds = (entries: readonly { readonly kind: string }[]): string[] =>
  entries.map((entry) => entry.kind);

/** A parcel to this place never moves by itself. */
export const silentHarbor = {
  shipping_address: { ...anOrderRequest.shipping_address, line1: '1 Quay', city: 'Silent Harbor' },
};

/** They lie in different warehouses. */
export const inTwoParcels = {
  lines: [
    { sku: 'TEA-100', quantity: 2 },
    { sku: 'JAR-300', quantity: 1 },
  ],
  shipment_failure_policy: 'undo_order',
};

export const templates = ({ messages }: Ledger): string[] =>
  messages.map(({ template }) => template).sort();

/** What was captured and not refunded. */
export const balance = ({ payments }: Ledger): number =>
  payments.reduce(
    (sum, { kind, amount }) =>
      sum + (kind === 'capture' ? amount : kind === 'refund' ? -amount : 0),
    0,
  );
