import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import type { OrderActivities } from '../activities/index.js';

export type ActivityName = keyof OrderActivities;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/**
 * No activity heartbeats: each lasts less than its start-to-close time of at most 30 s, and that
 * time finds a dead worker soon enough. Without heartbeats a running attempt cannot be stopped, so a
 * cancel waits for it: its outcome is then known, and the undo need not guess.
 */
const untilSettled = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED };

/** Our own Postgres: 5 s is its statement timeout; ten minutes outlast a failover. */
const ownDatabase: ActivityOptions = {
  ...untilSettled,
  startToCloseTimeout: 5 * secondMs,
  scheduleToCloseTimeout: 10 * minuteMs,
  retry: { initialInterval: 200, maximumInterval: 5 * secondMs },
};

/** One call of at most 10 s. Ten minutes: the buyer waits, and a hold keeps others from buying. */
const payment: ActivityOptions = {
  ...untilSettled,
  startToCloseTimeout: 15 * secondMs,
  scheduleToCloseTimeout: 10 * minuteMs,
  retry: { initialInterval: 500, maximumInterval: 10 * secondMs },
};

/** Two calls of at most 10 s each. Nobody waits for a label: an outage of an hour is sat out. */
const label: ActivityOptions = {
  ...untilSettled,
  startToCloseTimeout: 30 * secondMs,
  scheduleToCloseTimeout: hourMs,
  retry: { initialInterval: 500, maximumInterval: 15 * secondMs },
};

/** The label is bought, so giving up costs more than waiting: a day, then the order is undone. */
const capture: ActivityOptions = { ...payment, scheduleToCloseTimeout: 24 * hourMs };

/** Beside the main line: nothing waits for it, so it is tried for a day before a person is asked. */
const aside: ActivityOptions = {
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  startToCloseTimeout: 30 * secondMs,
  scheduleToCloseTimeout: 24 * hourMs,
  retry: { initialInterval: secondMs, maximumInterval: minuteMs },
};

/** Own tables, beside the main line. A cancel waits, so that the undo comes after the step. */
const asideOwnDatabase: ActivityOptions = {
  ...aside,
  ...untilSettled,
  startToCloseTimeout: 5 * secondMs,
};

/** More patient than any step: no limit over all attempts, since an order is not over half undone. */
const undo: ActivityOptions = {
  startToCloseTimeout: 30 * secondMs,
  retry: { initialInterval: 500, maximumInterval: 30 * secondMs },
};

/** What was decided must be written; until it is, the order stands still. */
const bookkeeping: ActivityOptions = {
  startToCloseTimeout: 5 * secondMs,
  retry: { initialInterval: 200, maximumInterval: 5 * secondMs },
};

/** How patiently each activity is carried out. */
export const profiles: Readonly<Record<ActivityName, ActivityOptions>> = {
  reserveInventory: ownDatabase,
  reserveReplacement: ownDatabase,
  enqueueForStock: ownDatabase,
  releaseInventory: undo,
  restockParcel: undo,
  writeOffParcel: undo,
  releaseParcel: undo,
  releaseReplacement: undo,
  authorizePayment: payment,
  changePaymentMethod: ownDatabase,
  confirmPayment: payment,
  voidAuthorization: undo,
  releaseRemainder: undo,
  settleLatePayment: undo,
  sendOrderConfirmation: aside,
  checkCode: ownDatabase,
  sendCode: payment,
  sendMail: aside,
  notifySeller: aside,
  assignDeliveryPartner: asideOwnDatabase,
  settleDeliveryOffer: asideOwnDatabase,
  releaseDeliveryPartner: undo,
  awardPoints: asideOwnDatabase,
  revokePoints: undo,
  createShipment: label,
  changeAddress: ownDatabase,
  voidLabel: undo,
  capturePayment: capture,
  refundPayment: undo,
  sendCancellation: aside,
  issueInventory: bookkeeping,
  extendHold: bookkeeping,
  recordTransition: bookkeeping,
  createReturnLabel: undo,
  inspectReturn: bookkeeping,
  refundReturn: undo,
  restockReturn: undo,
  revokePartOfPoints: undo,
  placeExchange: undo,
  recordReturn: bookkeeping,
};
