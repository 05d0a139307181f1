import { typeid } from 'typeid-js';
import {
  insertOrder,
  readAcceptanceBasis,
  type NewLine,
  type NewOrder,
  type PricedProduct,
  type StoredAnswer,
} from '../db/acceptance.js';
import type { Database } from '../db/database.js';
import type { OrderRecord } from '../db/orders.js';
import type { Dispatch } from '../db/tables.js';
import type { OrderId } from '../domain/ids.js';
import { sum, times, type Currency, type Money } from '../domain/money.js';
import { placed } from '../domain/order-state.js';
import type { OrderInput } from '../workflows/messages.js';
import { contactOf } from './contact.js';
import type { FieldError } from './problem.js';
import { orderBody, type OrderBody, type TemporalUi } from './representation.js';
import type { OrderRequest } from './schemas/order-request.js';
import { inputOf } from './start-order.js';

export interface Claim {
  readonly key: string;
  /** Of the body as it was sent. */
  readonly fingerprint: string;
  readonly dispatch: Dispatch;
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly body: OrderBody; readonly input: OrderInput }
  | { readonly kind: 'replayed'; readonly body: object; readonly orderId: OrderId }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'key_busy' }
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

/** Stores the order under its key with today's prices, or says why not; then nothing was stored. */
export async function acceptOrder(
  database: Database,
  request: OrderRequest,
  claim: Claim,
  ui: TemporalUi | undefined,
): Promise<Acceptance> {
  const { stored, products, now } = await readAcceptanceBasis(database, {
    key: claim.key,
    skus: request.lines.map(({ sku }) => sku),
    currency: request.currency,
  });
  if (stored !== null) return replay(stored, claim);

  const priced = priceLines(request, products);
  if (priced.kind === 'refused') return priced;

  const order = newOrder(request, priced, claim.dispatch, now);
  const body = orderBody(recordOf(order), ui);
  switch (await insertOrder(database, order, { ...claim, response: body })) {
    case 'inserted':
      return { kind: 'accepted', body, input: startInput(order) };
    case 'key_busy':
      return { kind: 'key_busy' };
    case 'key_taken':
      return acceptOrder(database, request, claim, ui);
  }
}

const replay = (stored: StoredAnswer, claim: Claim): Acceptance =>
  stored.fingerprint === claim.fingerprint
    ? { kind: 'replayed', body: stored.response, orderId: stored.orderId }
    : { kind: 'key_reused' };

interface Priced {
  readonly kind: 'priced';
  readonly lines: readonly NewLine[];
  readonly total: Money;
}

type Refused = Extract<Acceptance, { kind: 'refused' }>;

function priceLines(request: OrderRequest, products: readonly PricedProduct[]): Priced | Refused {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const lines: NewLine[] = [];
  const errors: FieldError[] = [];
  for (const [index, { sku, quantity }] of request.lines.entries()) {
    const product = bySku.get(sku);
    if (product === undefined) errors.push(notSold(index, request.currency));
    else lines.push({ ...product, quantity });
  }
  if (errors.length > 0) return { kind: 'refused', errors };
  return totalled(lines, request.currency);
}

function totalled(lines: readonly NewLine[], currency: Currency): Priced | Refused {
  try {
    const amounts = lines.map(({ unitPriceMinor, quantity }) =>
      times({ amountMinor: unitPriceMinor, currency }, quantity),
    );
    return { kind: 'priced', lines, total: sum(amounts, currency) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'refused', errors: [totalTooLarge] };
  }
}

const notSold = (index: number, currency: Currency): FieldError => ({
  pointer: `/lines/${index}/sku`,
  code: 'not_sold',
  detail: `is not sold in ${currency}`,
});

const totalTooLarge: FieldError = {
  pointer: '/lines',
  code: 'total_too_large',
  detail: 'add up to more than an order can hold',
};

const newOrder = (
  request: OrderRequest,
  { lines, total }: Priced,
  dispatch: Dispatch,
  now: Date,
): NewOrder => ({
  id: typeid('ord').toString(),
  customerId: request.customer.id,
  state: placed,
  coordination: request.coordination,
  dispatch,
  total,
  metadata: request.metadata,
  createdAt: now,
  lines,
  contact: contactOf(request),
});

const recordOf = (order: NewOrder): OrderRecord => ({
  ...order,
  ...order.state,
  statusSince: order.createdAt,
  needsAttention: false,
  currency: order.total.currency,
  totalMinor: order.total.amountMinor,
  lastSequence: 1,
  shipments: [],
});

const startInput = (order: NewOrder): OrderInput =>
  inputOf({
    orderId: order.id,
    customerId: order.customerId,
    member: order.contact.member,
    dispatch: order.dispatch,
    total: order.total,
    createdAt: order.createdAt,
    lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
  });
