import type { OrderDetails } from '../ports.js';
import type { SkuQuantity } from '../../domain/facts.js';
import { goodsOfSeller } from './goods.js';
import { paragraphs, type Content } from './content.js';

/** What a seller must know: his goods and the order's number, never who bought or where it goes. */
interface Sold {
  readonly order: OrderDetails;
  readonly sellerId: string;
  readonly lines?: readonly SkuQuantity[] | undefined;
}

export const sellerNotice = ({ order, sellerId, lines }: Sold): Content => ({
  subject: `Please keep the goods of order ${order.orderId} ready`,
  headline: 'Your goods are sold',
  blocks: [
    ...paragraphs('Please keep these goods ready for pick-up:'),
    { kind: 'goods', goods: goodsOfSeller(order, sellerId, lines), sums: [] },
  ],
});

export const sellerCancellation = ({ order, sellerId, lines }: Sold): Content => ({
  subject: `Order ${order.orderId} is cancelled: please keep your goods`,
  headline: 'An order of your goods is cancelled',
  blocks: [
    ...paragraphs('These goods are not needed any more. You can sell them again:'),
    { kind: 'goods', goods: goodsOfSeller(order, sellerId, lines), sums: [] },
  ],
});
