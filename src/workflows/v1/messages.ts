import type { OrderId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';

/** The input of an order of the first version: one shipment, no verification, no policies. */
export interface OrderInput {
  readonly orderId: OrderId;
  readonly customerId: string;
  readonly member: boolean;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly total: Money;
  readonly placedAt: string;
  readonly dispatch: 'local_first' | 'remote';
  readonly serviceLevel: ServiceLevel;
}

/** In milliseconds. */
interface ServiceLevel {
  readonly handOverMs: number;
  readonly deliveryMs: number;
  readonly undoMs: number;
}
