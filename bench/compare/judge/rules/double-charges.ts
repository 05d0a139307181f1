import { sumOf, type Evidence } from '../evidence.js';

/** More was taken than the order costs, or a shipment was paid for twice, whatever was given back. */
export const isChargedTwice = (evidence: Evidence): boolean =>
  sumOf(evidence, 'capture') > evidence.totalMinor || hasDoubleCapture(evidence);

function hasDoubleCapture({ bookings }: Evidence): boolean {
  const shipments = bookings
    .filter(({ kind }) => kind === 'capture')
    .flatMap(({ idempotencyKey }) => shipmentIn(idempotencyKey) ?? []);
  return new Set(shipments).size < shipments.length;
}

/** `<order>:capturePayment:<shipment>[:…]` */
const shipmentIn = (key: string | null): string | undefined => key?.split(':')[2];
