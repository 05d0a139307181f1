import { z } from 'zod';
import { text } from './text.js';

/** The body of `POST /v1/stock/{sku}/receipts`. A receipt books what came in, never a correction. */
export const receiptRequest = z.strictObject({
  quantity: z.int().min(1).max(1_000_000),
  warehouse_id: text(64).optional(),
});
