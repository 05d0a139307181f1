import type { SkuQuantity } from '../../domain/facts.js';
import { formatMoney, money, sum, times } from '../../domain/money.js';
import type { OrderDetails, OrderedLine } from '../ports.js';
import type { MailContext } from './mail-context.js';
import type { Block, Detail } from './render.js';

/**
 * The goods with their prices, and sums that add up to the order's total.
 * @param lines what is left of the order; all of it when it was never reduced
 */
export function pricedGoods(order: OrderDetails, lines?: readonly SkuQuantity[]): Block {
  const kept = pickedLines(order, lines);
  const goods = kept.map((line) => ({ ...line, note: formatMoney(priceOf(line)) }));
  return { kind: 'goods', goods, sums: sumsOf(order, kept) };
}

/** All goods of the order, without prices. */
export const namedGoods = ({ lines }: OrderDetails): Block => ({
  kind: 'goods',
  goods: lines,
  sums: [],
});

/** The goods that a mail is about, where it says which. */
export const pickedGoods = ({ order, data: { lines = [] } }: MailContext): Block | undefined =>
  lines.length === 0 ? undefined : { kind: 'goods', goods: pickedLines(order, lines), sums: [] };

/** What is short, and how many of it there are; where that is not known, what the mail is about. */
export function missingGoods(m: MailContext): Block | undefined {
  if (m.data.short === undefined) return pickedGoods(m);
  const goods = m.data.short.map(({ sku, asked, available }) => ({
    quantity: asked,
    title: m.order.lines.find((line) => line.sku === sku)?.title ?? sku,
    sku,
    note: available === 0 ? 'none in stock' : `${available} in stock`,
  }));
  return { kind: 'goods', goods, sums: [] };
}

/** The order's own lines with the given quantities, all without them; a SKU stands on one line. */
export const pickedLines = (
  { lines }: OrderDetails,
  picked?: readonly SkuQuantity[],
): readonly OrderedLine[] =>
  picked?.flatMap(({ sku, quantity }) => {
    const line = lines.find((candidate) => candidate.sku === sku);
    return line === undefined || quantity === 0 ? [] : [{ ...line, quantity }];
  }) ?? lines;

const priceOf = ({ unitPrice, quantity }: OrderedLine) => times(unitPrice, quantity);

/** What the total differs by from goods and shipping fee was taken off as a discount. */
function sumsOf({ total, shipping }: OrderDetails, lines: readonly OrderedLine[]): Detail[] {
  const { currency } = total;
  const goodsMinor = sum(lines.map(priceOf), currency).amountMinor;
  const feeMinor = Math.max(shipping.amountMinor, total.amountMinor - goodsMinor);
  const discountMinor = goodsMinor + feeMinor - total.amountMinor;
  const shown = (amountMinor: number) => formatMoney(money(amountMinor, currency));
  return [
    ...(discountMinor === 0 ? [] : [{ label: 'Discount', value: `−${shown(discountMinor)}` }]),
    ...(feeMinor === 0 ? [] : [{ label: 'Shipping', value: shown(feeMinor) }]),
    { label: 'Total', value: formatMoney(total) },
  ];
}
