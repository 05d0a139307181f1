import { ProviderRefused } from '../../../src/domain/failures.js';
import { deliver, oneByOne, type Endings } from './ending.js';
import { fails } from '../../support/fakes.js';
import { answers, refusesLabel, scripted, shortOfTea } from '../../support/scripts.js';
import { noSecondChances, hurried } from '../../support/order-worker.js';

/** An order with one parcel that nobody cancels: each step as it should, and as it should not. */
export const thinLine: Endings = {
  delivered: { act: deliver },
  'delivered-to-a-guest': { input: { member: false }, act: deliver },
  'delivered-after-a-slow-payment': {
    prepare: scripted({ authorizePayment: [fails(new Error('away')), fails(new Error('away'))] }),
    act: deliver,
  },
  'delivered-with-a-failed-side-step': {
    prepare: (fakes) => {
      fakes.always('order_confirmation', fails(new ProviderRefused('no such mailbox')));
    },
    act: deliver,
  },
  'delivered-after-an-overdue-hand-over': {
    input: hurried({ handOver: { warnMs: 150, escalateMs: 300 } }),
    act: oneByOne((order) => order.waitForState({ needsAttention: true }), deliver),
  },
  'rejected-out-of-stock': {
    prepare: answers('reserveInventory', shortOfTea()),
  },
  'rejected-payment-declined': {
    input: { serviceLevel: noSecondChances },
    prepare: answers('authorizePayment', { kind: 'declined', code: 'generic_decline' }),
  },
  'rejected-not-shippable': {
    input: { serviceLevel: noSecondChances },
    prepare: answers('createShipment', refusesLabel()),
  },
  'rejected-authorization-lost': {
    prepare: answers('capturePayment', { kind: 'authorization_lost' }),
  },
  'rejected-with-an-overdue-undo': {
    input: { serviceLevel: { ...noSecondChances, undoMs: 300 } },
    prepare: (fakes) => {
      fakes.always('createShipment', refusesLabel);
      fakes.script('voidAuthorization', ...Array(3).fill(fails(new Error('away'))));
    },
  },
  'failed-at-the-label': {
    prepare: (fakes) => {
      fakes.always('createShipment', fails(new ProviderRefused('wrong key')));
    },
  },
};
