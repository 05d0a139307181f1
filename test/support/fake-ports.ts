import type { OrderDetails, Ports } from '../../src/activities/ports.js';
import type { OrderId } from '../../src/domain/ids.js';
import { money } from '../../src/domain/money.js';
import type { Settlement } from '../../src/domain/returnable.js';
import { anOrder } from '../activities/samples.js';
import type { Fakes } from './fakes.js';

/** Every port of the activities, answered by the fakes: all goes well unless a script says otherwise. */
export const portsOf = (fakes: Fakes): Ports => ({
  journal: {
    append: (entry) => Promise.resolve(fakes.append(entry)),
    appendWith: async (effect, entryOf) => {
      const outcome = await effect;
      return { outcome, ...fakes.append(entryOf(outcome)) };
    },
    find: () => Promise.resolve([]),
  },
  orders: {
    find: (orderId) => Promise.resolve({ ...anOrderDetails, orderId }),
    warehouse: () => Promise.resolve(anOrder.shippingAddress),
    changeAddress: (...request) =>
      fakes.answer('changeAddress', request, {
        kind: 'changed',
        shipping: money(0, 'EUR'),
        total: money(1780, 'EUR'),
      }),
    changePaymentMethod: (...request) => fakes.answer('changePaymentMethod', request, undefined),
  },
  inventory: {
    reserve: (holdId, lines, options) =>
      fakes.answer(
        'reserveInventory',
        { holdId, lines, ...options },
        {
          kind: 'reserved',
          allotments: [{ warehouseId: 'wh_1', lines }],
          dropped: [],
        },
      ),
    enqueue: (...request) => fakes.answer('enqueueForStock', request, null),
    release: (...request) => fakes.answer('releaseInventory', request, null),
    releasePart: (...request) => fakes.answer('releaseParcel', request, null),
    issue: (...request) => fakes.answer('issueInventory', request, null),
    extend: (holdId) =>
      fakes.answer('extendHold', holdId, new Date(Date.now() + 1_000).toISOString()),
    restock: (...request) => fakes.answer('restockParcel', request, null),
  },
  payments: {
    authorize: (request) =>
      fakes.answer('authorizePayment', request, { kind: 'authorized', paymentId: 'pi_1' }),
    find: (paymentId) =>
      fakes.answer('confirmPayment', paymentId, { kind: 'authorized', paymentId }),
    voidAuthorization: (request) => fakes.undo('voidAuthorization', 'authorizePayment', request),
    capture: (request) => fakes.answer('capturePayment', request, { kind: 'captured' }),
    refund: (request) => fakes.undo('refundPayment', 'capturePayment', request),
    releaseRemainder: (request) => fakes.answer('releaseRemainder', request, { kind: 'undone' }),
    settleLate: (request) => fakes.answer('settleLatePayment', request, { kind: 'undone' }),
  },
  carrier: {
    buyLabel: (request) =>
      fakes.answer('createShipment', request, {
        kind: 'bought',
        carrier: 'SandboxPost',
        trackingNumber: `TRK${request.shipmentId}`,
      }),
    voidLabel: (request) => fakes.undo('voidLabel', 'createShipment', request),
    buyReturnLabel: (request) =>
      fakes.answer('createReturnLabel', request, {
        kind: 'bought',
        carrier: 'SandboxPost',
        trackingNumber: `TRK${request.returnId}`,
      }),
  },
  mailer: { send: (mail) => fakes.answer(mail.template, mail, undefined) },
  texter: { send: (message) => fakes.answer(message.template, message, undefined) },
  codes: {
    issue: (orderId, number) =>
      fakes.answer(
        'sendCode',
        { orderId, number },
        {
          code: '123456',
          sequence: String(number),
          expiresAt: new Date(Date.now() + 60_000).toISOString(),
        },
      ),
    check: (request) => fakes.answer('checkCode', request, { kind: 'verified' }),
  },
  partners: {
    offer: (request) =>
      fakes.answer('assignDeliveryPartner', request, {
        kind: 'assigned',
        partnerId: 'dp_1',
        pickUpFrom: '2026-01-05T09:00:00.000Z',
        pickUpUntil: '2026-01-05T12:00:00.000Z',
      }),
    settle: (...request) =>
      fakes.answer('settleDeliveryOffer', request, {
        kind: 'none',
        partnerId: 'dp_1',
        why: 'silent',
      }),
    release: (orderId) => fakes.undo('releaseDeliveryPartner', 'assignDeliveryPartner', orderId),
  },
  loyalty: {
    award: (...request) => fakes.answer('awardPoints', request, null),
    revoke: (orderId) => fakes.undo('revokePoints', 'awardPoints', orderId),
    revokePart: (request) => fakes.answer('revokePartOfPoints', request, request.points),
  },
  shop: { name: 'Shop', staffEmail: 'staff@example.com', orderPage: () => undefined },
  returns: {
    warehouseOf: () => Promise.resolve('wh_1'),
    record: (entry) => Promise.resolve(fakes.append(entry)),
    settle: async ({ orderId, returnId, key, by, lines }) => ({
      settlement: await fakes.decide<Settlement>('settleReturn', lines),
      ...fakes.append({
        orderId,
        key,
        facts: [{ type: 'return.received', returnId, by, lines }],
      }),
    }),
  },
  exchanges: { place: (returnId) => fakes.answer('placeExchange', returnId, exchangeOrderId) },
});

export const exchangeOrderId: OrderId = 'ord_01m7y219pffzv8pj63v9wcvshh';

/** Two packets of tea at 17.80 EUR. */
const anOrderDetails: OrderDetails = {
  ...anOrder,
  total: money(1780, 'EUR'),
  shipping: money(0, 'EUR'),
  lines: anOrder.lines.slice(0, 1),
};
