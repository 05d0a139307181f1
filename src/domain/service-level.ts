const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * How long each wait of an order may last, and what a silence turns into. All in milliseconds; 0 for
 * another card or another address means that there is no second chance.
 */
export type ServiceLevel = typeof standardServiceLevel;

export const standardServiceLevel = {
  /** For a person to approve: first a reminder, then the order is rejected. */
  approval: { remindMs: 4 * hourMs, expireMs: dayMs },
  /** For the customer's one-time code: how long one code holds, and how long we wait at all. */
  code: { validMs: 10 * minuteMs, expireMs: hourMs },
  /** For goods to arrive, and for the customer to decide about a shortage. */
  shortage: { backorderMs: 14 * dayMs, remindMs: dayMs, decideMs: 2 * dayMs },
  /** Reserved but unpaid: for the bank's question to be answered, and for another card. */
  payment: { confirmMs: hourMs, retryMs: dayMs },
  /** For an address that the carrier refused to be changed. */
  address: { fixMs: dayMs },
  /** For a delivery partner to accept an offer. */
  offer: { acceptMs: 15 * minuteMs },
  /** Paid, but the carrier has not got the parcel: the buyer gets a mail, then a person looks. */
  handOver: { warnMs: 2 * dayMs, escalateMs: 3 * dayMs },
  /** With the carrier, and silent: a mail to the buyer, a person looks, the parcel counts as lost. */
  delivery: { warnMs: 5 * dayMs, escalateMs: 10 * dayMs, giveUpMs: 30 * dayMs },
  /** An undo that is still being retried. */
  undoMs: 15 * minuteMs,
  /** After the delivery: to ask for a return, to approve it, and for the goods to come back. */
  returns: { windowMs: 30 * dayMs, approveMs: 3 * dayMs, arriveMs: 21 * dayMs },
};

const express: ServiceLevel = {
  ...standardServiceLevel,
  shortage: { backorderMs: 3 * dayMs, remindMs: 4 * hourMs, decideMs: dayMs },
  handOver: { warnMs: 12 * hourMs, escalateMs: dayMs },
  delivery: { warnMs: 2 * dayMs, escalateMs: 4 * dayMs, giveUpMs: 14 * dayMs },
};

/** Seconds in place of days, so that one can watch what a silence leads to. */
const demo: ServiceLevel = {
  approval: { remindMs: 2 * secondMs, expireMs: 6 * secondMs },
  code: { validMs: 5 * secondMs, expireMs: 10 * secondMs },
  shortage: { backorderMs: 8 * secondMs, remindMs: 2 * secondMs, decideMs: 6 * secondMs },
  payment: { confirmMs: 6 * secondMs, retryMs: 6 * secondMs },
  address: { fixMs: 6 * secondMs },
  offer: { acceptMs: 2 * secondMs },
  handOver: { warnMs: 3 * secondMs, escalateMs: 6 * secondMs },
  delivery: { warnMs: 6 * secondMs, escalateMs: 12 * secondMs, giveUpMs: 20 * secondMs },
  undoMs: 4 * secondMs,
  returns: { windowMs: hourMs, approveMs: 10 * secondMs, arriveMs: 20 * secondMs },
};

export const serviceLevels = { standard: standardServiceLevel, express, demo };

export type ServiceLevelName = keyof typeof serviceLevels;

export const serviceLevelNames = Object.keys(serviceLevels) as readonly ServiceLevelName[];

/** How long stock stays set aside for an order that nobody keeps alive. */
export const holdExpiryMs = 30 * dayMs;

/** An order that lives extends its hold this often. */
export const holdExtensionMs = 20 * dayMs;
