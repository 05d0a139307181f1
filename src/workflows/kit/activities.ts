import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  scheduleActivity,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { OrderActivities } from '../../activities/index.js';
import type { ReconciliationActivities } from '../../activities/reconciliation.js';

export type ActivityName = keyof OrderActivities;
export type InputOf<Name extends ActivityName> = Parameters<OrderActivities[Name]>[0];
export type ResultOf<Name extends ActivityName> = Awaited<ReturnType<OrderActivities[Name]>>;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/**
 * All calls of one attempt to a provider end after 7 s, a statement in our own database after 2.5 s. This is
 * also how long a step stands still whose worker died: patience is in the retries (docs/decisions/0005).
 */
const providerAttemptMs = 10 * secondMs;

/** Our own Postgres alone. */
const databaseAttemptMs = 5 * secondMs;

/**
 * An attempt sends no heartbeats, so it cannot be stopped half-way: a cancel waits for it. Its outcome
 * is known then, and a compensation need not guess.
 */
const outcomeKnown = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED };

/** Our own Postgres: ten minutes outlast a failover. */
const ownDatabase: ActivityOptions = {
  ...outcomeKnown,
  startToCloseTimeout: databaseAttemptMs,
  scheduleToCloseTimeout: 10 * minuteMs,
  retry: { initialInterval: 200, maximumInterval: 5 * secondMs },
};

/** Ten minutes: the buyer waits, and a hold keeps others from buying. */
const payment: ActivityOptions = {
  ...outcomeKnown,
  startToCloseTimeout: providerAttemptMs,
  scheduleToCloseTimeout: 10 * minuteMs,
  retry: { initialInterval: 500, maximumInterval: 10 * secondMs },
};

/** Nobody waits for a label: an outage of an hour is sat out. */
const label: ActivityOptions = {
  ...payment,
  scheduleToCloseTimeout: hourMs,
  retry: { initialInterval: 500, maximumInterval: 15 * secondMs },
};

/** The label is bought, so giving up costs more than waiting: a day, then the order is undone. */
const capture: ActivityOptions = { ...payment, scheduleToCloseTimeout: 24 * hourMs };

/** Beside the main line: nothing waits for it, so it is tried for a day before a person is asked. */
const background: ActivityOptions = {
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  startToCloseTimeout: providerAttemptMs,
  scheduleToCloseTimeout: 24 * hourMs,
  retry: { initialInterval: secondMs, maximumInterval: minuteMs },
};

/** Own tables, beside the main line. A cancel waits, so that the compensation comes after the step. */
const backgroundDatabase: ActivityOptions = {
  ...background,
  ...outcomeKnown,
  startToCloseTimeout: databaseAttemptMs,
};

/** No limit over all attempts: an order that is half undone, or half paid back, has not ended. */
const unlimited: ActivityOptions = {
  startToCloseTimeout: providerAttemptMs,
  retry: { initialInterval: 500, maximumInterval: 30 * secondMs },
};

/** What was decided must be written; until it is, the order stands still. */
const bookkeeping: ActivityOptions = {
  ...outcomeKnown,
  startToCloseTimeout: databaseAttemptMs,
  retry: { initialInterval: 200, maximumInterval: 5 * secondMs },
};

/** How patiently each activity is carried out; what is not listed is tried without an end. */
const profiles: Readonly<Partial<Record<ActivityName, ActivityOptions>>> = {
  reserveInventory: ownDatabase,
  reserveReplacement: ownDatabase,
  enqueueForStock: ownDatabase,
  changePaymentMethod: ownDatabase,
  changeAddress: ownDatabase,
  checkCode: ownDatabase,
  authorizePayment: payment,
  confirmPayment: payment,
  sendCode: payment,
  createShipment: label,
  capturePayment: capture,
  sendOrderConfirmation: background,
  notifySeller: background,
  sendMail: background,
  sendCancellation: background,
  assignDeliveryPartner: backgroundDatabase,
  settleDeliveryOffer: backgroundDatabase,
  awardPoints: backgroundDatabase,
  issueInventory: bookkeeping,
  extendHold: bookkeeping,
  recordTransition: bookkeeping,
  inspectReturn: bookkeeping,
  recordReturn: bookkeeping,
};

/** A call that was refused for good, or that outlasted its patience. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  constructor(
    readonly step: ActivityName,
    override readonly cause: unknown,
  ) {
    super(`${step} failed for good`);
  }
}

/**
 * The one way to carry out a step: an activity of its own, never a local one (docs/decisions/0020).
 * @param summary one line for the Web UI
 * @throws StepFailed, or CancelledFailure when the scope around it was cancelled
 */
export async function runActivity<Name extends ActivityName>(
  name: Name,
  input: InputOf<Name>,
  summary: string,
): Promise<ResultOf<Name>> {
  try {
    return await scheduleActivity<ResultOf<Name>>(name, [input], {
      ...(profiles[name] ?? unlimited),
      summary,
    });
  } catch (error) {
    throw isCancellation(error) ? error : new StepFailed(name, error);
  }
}

/** Nobody waits for a reconciliation: what fails for ten minutes is left to the next run. */
const nextRunWillDo = {
  scheduleToCloseTimeout: 10 * minuteMs,
  retry: { initialInterval: secondMs, maximumInterval: 30 * secondMs },
};

/** Comparisons of a page: some dozens of calls to a provider, five at a time. */
export const reconcilePages = proxyActivities<ReconciliationActivities>({
  ...nextRunWillDo,
  startToCloseTimeout: minuteMs,
});

/** A provider's whole list since the last run; each hundred of it is a heartbeat. */
export const reconcileLists = proxyActivities<ReconciliationActivities>({
  ...nextRunWillDo,
  scheduleToCloseTimeout: 60 * minuteMs,
  startToCloseTimeout: 30 * minuteMs,
  heartbeatTimeout: 2 * minuteMs,
});
