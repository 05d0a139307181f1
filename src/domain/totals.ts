import { allocate, less, money, sum, totalOf, type Money } from './money.js';

/** One line as it is charged: the price of its units, less its share of the discount. */
export interface ChargedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly amount: Money;
}

/** What an order costs. Prices contain the tax; `taxIncluded` says how much of the total that is. */
export interface Totals {
  readonly items: Money;
  readonly discount: Money;
  readonly shipping: Money;
  readonly taxIncluded: Money;
  readonly total: Money;
}

export interface Charges {
  /** Hundredths of a percent of the goods' price, 0 to 10 000. */
  readonly discountBasisPoints: number;
  readonly shipping: Money;
  /** The rate of the tax that the prices contain, in hundredths of a percent of the net price. */
  readonly taxBasisPoints: number;
}

const whole = 10_000;

/**
 * Prices an order. The discount is rounded down once, and then shared out among the lines by largest
 * remainder, so that the lines and the shipping fee add up to the total to the cent.
 */
export function priceOrder(
  lines: readonly ChargedLine[],
  { discountBasisPoints, shipping, taxBasisPoints }: Charges,
): { readonly lines: readonly ChargedLine[]; readonly totals: Totals } {
  const { currency } = shipping;
  const items = totalOf(lines, currency);
  const discount = money(Math.floor((items.amountMinor * discountBasisPoints) / whole), currency);
  const charged = discountedLines(lines, discount);
  const total = sum([...charged.map(({ amount }) => amount), shipping], currency);
  const taxIncluded = taxIn(total, taxBasisPoints);
  return { lines: charged, totals: { items, discount, shipping, taxIncluded, total } };
}

/** The tax that a gross amount contains: gross × rate ÷ (1 + rate), rounded half up. */
export const taxIn = ({ amountMinor, currency }: Money, taxBasisPoints: number): Money =>
  money(Math.round((amountMinor * taxBasisPoints) / (whole + taxBasisPoints)), currency);

/** Lines of one SKU taken together, as the stock counts them. */
export function mergeLines(lines: readonly ChargedLine[]): readonly ChargedLine[] {
  const merged = new Map<string, ChargedLine>();
  for (const line of lines) {
    const known = merged.get(line.sku);
    merged.set(line.sku, known === undefined ? line : added(known, line));
  }
  return [...merged.values()];
}

/**
 * What the first `units` of a line cost. Parts that are cut one behind the other add up to the whole
 * line, whatever their sizes: `prefixPrice(line, b) - prefixPrice(line, a)` is the price of the units from a to b.
 * @throws RangeError when the line has fewer units
 */
export function prefixPrice({ quantity, amount }: ChargedLine, units: number): Money {
  if (units < 0 || units > quantity) throw new RangeError(`${units} of ${quantity} units`);
  return money(Math.floor((amount.amountMinor * units) / quantity), amount.currency);
}

/** What `units` of a line cost when the first `before` of them are accounted for already. */
export const slicePrice = (line: ChargedLine, before: number, units: number): Money =>
  less(prefixPrice(line, before + units), prefixPrice(line, before));

function discountedLines(lines: readonly ChargedLine[], discount: Money): readonly ChargedLine[] {
  if (discount.amountMinor === 0) return lines;
  const shares = allocate(
    discount,
    lines.map(({ amount }) => amount.amountMinor),
  );
  return lines.map((line, index) => ({
    ...line,
    amount: less(line.amount, shares[index] ?? discount),
  }));
}

const added = (one: ChargedLine, other: ChargedLine): ChargedLine => ({
  sku: one.sku,
  quantity: one.quantity + other.quantity,
  amount: sum([one.amount, other.amount], one.amount.currency),
});
