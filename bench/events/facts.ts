/** An order's usual facts, as the outbox has them; every order of the benchmark has these ten. */
const money = { amountMinor: 1780, currency: 'EUR' };

export const orderFacts: readonly { readonly type: string; readonly data: object }[] = [
  {
    type: 'order.placed',
    data: {
      total: money,
      customerId: 'cus_42',
      isMember: true,
      lines: [
        { lineNumber: 1, sku: 'TEA-100', quantity: 2, sellerId: 'sel_leaf', amount: money },
        { lineNumber: 2, sku: 'MUG-1', quantity: 1, sellerId: 'sel_clay', amount: money },
      ],
    },
  },
  {
    type: 'inventory.reserved',
    data: { parcels: [{ warehouseId: 'wh_hamburg', lines: [{ sku: 'TEA-100', quantity: 2 }] }] },
  },
  { type: 'payment.authorized', data: { paymentId: 'pi_1', amount: money } },
  { type: 'order.confirmed', data: {} },
  { type: 'mail.sent', data: { template: 'order_placed' } },
  { type: 'seller.notified', data: { sellerIds: ['sel_leaf', 'sel_clay'] } },
  { type: 'delivery_partner.assigned', data: { partnerId: 'dp_1' } },
  { type: 'points.awarded', data: { points: 17 } },
  { type: 'payment.captured', data: { amount: money } },
  { type: 'order.delivered', data: {} },
];
