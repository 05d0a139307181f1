import type { OrderState, Stage } from './order-state.js';

/** Everything that people and systems outside may say to an order that has not ended. */
export type OrderCommand = keyof typeof commandMeanings;

/**
 * The messages that an order takes at each stage of its life; every other is refused with the state.
 * `resolveAttention` is taken where an item is open, and a cancel only while no parcel has left. A
 * cancel that is repeated while the first one is carried out gets the same answer.
 */
export const accepts: Readonly<Record<Stage, readonly OrderCommand[]>> = {
  approve: ['approveOrder', 'cancelOrder', 'changeAddress', 'resolveAttention'],
  confirm_code: ['verifyCode', 'cancelOrder', 'changeAddress', 'resolveAttention'],
  reserve_inventory: ['cancelOrder', 'changeAddress', 'resolveAttention'],
  await_stock: ['cancelOrder', 'changeAddress', 'resolveAttention'],
  decide_shortage: ['decideShortage', 'cancelOrder', 'changeAddress', 'resolveAttention'],
  authorize_payment: ['cancelOrder', 'changeAddress', 'resolveAttention'],
  confirm_payment: ['cancelOrder', 'changeAddress', 'resolveAttention'],
  retry_payment: ['retryPayment', 'cancelOrder', 'changeAddress', 'resolveAttention'],
  create_shipment: ['cancelOrder', 'resolveAttention'],
  fix_address: ['changeAddress', 'cancelOrder', 'resolveAttention'],
  capture_payment: ['cancelOrder', 'resolveAttention'],
  hand_over: ['cancelOrder', 'resolveAttention'],
  delivery: ['resolveAttention'],
  cancel: ['cancelOrder', 'resolveAttention'],
  undo: ['resolveAttention'],
  done: [],
};

export const isAccepted = ({ stage }: Pick<OrderState, 'stage'>, message: OrderCommand): boolean =>
  accepts[stage].includes(message);

/** Whether the order can still cost something else: nothing is authorized. */
export const isBeforePayment = ({ stage }: Pick<OrderState, 'stage'>): boolean =>
  ['approve', 'confirm_code', 'reserve_inventory', 'await_stock', 'decide_shortage'].includes(
    stage,
  );

/** What each message is for, for the newcomer. */
export const commandMeanings = {
  cancelOrder:
    'Cancels the order, and answers when everything is compensated. The carrier is first asked to void the labels: a parcel that has left continues, and the answer says so.',
  changeAddress:
    'Sends the order elsewhere. It is priced again while nothing is authorized; after that only an address that costs the same is accepted.',
  approveOrder: 'A person approves or rejects the order, with a reason.',
  verifyCode: 'The customer confirms the one-time code, or asks for another one.',
  decideShortage: 'The customer decides about missing goods: cancel, send what is there, or wait.',
  retryPayment: 'The customer names another payment method after a declined one.',
  resolveAttention: 'A person decides about an open attention item, with one of its choices.',
} as const;

export const orderCommands = Object.keys(commandMeanings) as readonly OrderCommand[];

/** What an order does at each stage, or what it waits for. */
export const stageMeanings = {
  approve: 'waits for a person to approve it',
  confirm_code: "waits for the customer's one-time code",
  reserve_inventory: 'reserves the goods',
  await_stock: 'waits for goods to arrive',
  decide_shortage: 'waits for the customer to decide about missing goods',
  authorize_payment: "authorizes the payment on the customer's card",
  confirm_payment: 'waits for the customer to confirm the payment to the bank',
  retry_payment: 'waits for another payment method',
  create_shipment: 'buys the labels',
  fix_address: 'waits for an address that the carrier accepts',
  capture_payment: 'captures the money',
  hand_over: 'waits for the carrier to get the first parcel',
  delivery: 'is on its way; the point of no return is past',
  cancel: 'stops, and asks the carrier to void the labels',
  undo: 'compensates what was done',
  done: 'has ended',
} as const;
