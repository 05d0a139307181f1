import type { AcceptanceBasis, NewLine, PricedProduct } from '../db/acceptance.js';
import { money, times } from '../domain/money.js';
import { priceOrder, type Totals } from '../domain/totals.js';
import type { FieldError } from './problem.js';
import type { OrderRequest } from './schemas/order-request.js';

export type Pricing =
  | { readonly kind: 'priced'; readonly lines: readonly NewLine[]; readonly totals: Totals }
  | { readonly kind: 'refused'; readonly errors: readonly FieldError[] };

type Asked = Pick<OrderRequest, 'lines' | 'currency' | 'discount_code'>;

/** The order at today's prices and rates, or every reason why it cannot be sold so. */
export function priceRequest(request: Asked, basis: AcceptanceBasis): Pricing {
  const bySku = new Map(basis.products.map((product) => [product.sku, product]));
  const found: FoundLine[] = [];
  const errors: FieldError[] = [];
  for (const [index, { sku, quantity }] of request.lines.entries()) {
    const product = bySku.get(sku);
    if (product !== undefined) found.push({ ...product, quantity });
    else {
      const detail = `is not sold in ${request.currency}`;
      errors.push({ pointer: `/lines/${index}/sku`, code: 'not_sold', detail });
    }
  }
  if (request.discount_code !== undefined && basis.discountBasisPoints === null) {
    const detail = 'is not a code that we know';
    errors.push({ pointer: '/discount_code', code: 'unknown_discount', detail });
  }
  return errors.length > 0 ? { kind: 'refused', errors } : charged(found, request, basis);
}

interface FoundLine extends PricedProduct {
  readonly quantity: number;
}

function charged(
  found: readonly FoundLine[],
  { currency }: Asked,
  basis: AcceptanceBasis,
): Pricing {
  try {
    const priced = priceOrder(
      found.map(({ sku, quantity, unitPriceMinor }) => ({
        sku,
        quantity,
        amount: times(money(unitPriceMinor, currency), quantity),
      })),
      {
        discountBasisPoints: basis.discountBasisPoints ?? 0,
        shipping: money(basis.shippingMinor, currency),
        taxBasisPoints: basis.taxBasisPoints,
      },
    );
    const amounts = priced.lines.map(({ amount }) => amount.amountMinor);
    const lines = found.map((line, index) => ({ ...line, amountMinor: amounts[index] ?? 0 }));
    return { kind: 'priced', lines, totals: priced.totals };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const detail = 'add up to more than an order can hold';
    return { kind: 'refused', errors: [{ pointer: '/lines', code: 'total_too_large', detail }] };
  }
}
