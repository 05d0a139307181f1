import type { OrderId } from '../../domain/ids.js';
import type { CompensationResult } from './payments.js';

export interface Loyalty {
  award(orderId: OrderId, memberId: string, points: number): Promise<void>;
  revoke(orderId: OrderId): Promise<CompensationResult>;
  /**
   * Takes back a part of an order's points, once for each key, and never more than the member has
   * left above the least that the policy leaves him. @returns the points that were taken
   */
  revokePart(request: {
    readonly orderId: OrderId;
    readonly key: string;
    readonly points: number;
  }): Promise<number>;
}
