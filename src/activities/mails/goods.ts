import type { ShortLine, SkuQuantity } from '../../domain/facts.js';
import { formatMoney, money, sum, times, type Money } from '../../domain/money.js';
import type { OrderDetails, OrderedLine } from '../ports.js';
import type { Block, Detail, Goods } from './content.js';

/**
 * The goods with their prices, and sums that add up to the order's total.
 * @param lines what is left of the order; all of it when it was never reduced
 */
export function pricedGoods(order: OrderDetails, lines?: readonly SkuQuantity[]): Block {
  const kept = lines === undefined ? order.lines : pickedLines(order, lines);
  const goods = kept.map((line) => ({ ...goodsOf(line), note: formatMoney(priceOf(line)) }));
  return { kind: 'goods', goods, sums: sumsOf(order, kept) };
}

/** All goods of the order, without prices. */
export const namedGoods = ({ lines }: OrderDetails): Block => goodsBlock(lines);

/** The goods that a mail is about, where it is told which. */
export const pickedGoods = (
  order: OrderDetails,
  lines: readonly SkuQuantity[] | undefined,
): readonly Block[] =>
  lines === undefined || lines.length === 0 ? [] : [goodsBlock(pickedLines(order, lines))];

/** What was asked for, and how many of it there are. */
export const shortGoods = (order: OrderDetails, short: readonly ShortLine[]): Block => ({
  kind: 'goods',
  goods: short.map(({ sku, asked, available }) => ({
    quantity: asked,
    title: titleOf(order, sku),
    sku,
    note: available === 0 ? 'none in stock' : `${available} in stock`,
  })),
  sums: [],
});

/** The goods of one seller. */
export const goodsOfSeller = (
  order: OrderDetails,
  sellerId: string,
  lines?: readonly SkuQuantity[],
): readonly Goods[] =>
  (lines === undefined ? order.lines : pickedLines(order, lines))
    .filter(({ seller }) => seller.id === sellerId)
    .map(goodsOf);

/** The order's own lines with the given quantities; a SKU stands on one line. */
const pickedLines = (
  { lines }: OrderDetails,
  picked: readonly SkuQuantity[],
): readonly OrderedLine[] =>
  picked.flatMap(({ sku, quantity }) => {
    const line = lines.find((candidate) => candidate.sku === sku);
    return line === undefined || quantity === 0 ? [] : [{ ...line, quantity }];
  });

const goodsBlock = (lines: readonly OrderedLine[]): Block => ({
  kind: 'goods',
  goods: lines.map(goodsOf),
  sums: [],
});

const goodsOf = ({ quantity, title, sku }: OrderedLine): Goods => ({ quantity, title, sku });

const priceOf = ({ unitPrice, quantity }: OrderedLine): Money => times(unitPrice, quantity);

const titleOf = ({ lines }: OrderDetails, sku: string): string =>
  lines.find((line) => line.sku === sku)?.title ?? sku;

/** Whatever the total differs by from goods and shipping fee was taken off as a discount. */
function sumsOf(
  { total, shipping }: OrderDetails,
  lines: readonly OrderedLine[],
): readonly Detail[] {
  const { currency } = total;
  const goodsMinor = sum(lines.map(priceOf), currency).amountMinor;
  const feeMinor = Math.max(shipping.amountMinor, total.amountMinor - goodsMinor);
  const discountMinor = goodsMinor + feeMinor - total.amountMinor;
  const row = (label: string, amountMinor: number, sign = ''): readonly Detail[] =>
    amountMinor === 0
      ? []
      : [{ label, value: `${sign}${formatMoney(money(amountMinor, currency))}` }];
  return [
    ...row('Discount', discountMinor, '−'),
    ...row('Shipping', feeMinor),
    { label: 'Total', value: formatMoney(total) },
  ];
}
