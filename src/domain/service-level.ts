const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * How long each wait of an order may last, and what a silence turns into. All in milliseconds; 0 for
 * another card or another address means that there is no second chance.
 */
export interface ServiceLevel {
  /** For a person to approve: first a reminder, then the order is rejected. */
  readonly approval: { readonly remindMs: number; readonly expireMs: number };
  /** For the customer's one-time code: how long one code holds, and how long we wait at all. */
  readonly code: { readonly validMs: number; readonly expireMs: number };
  /** For goods to arrive, and for the customer to decide about a shortage. */
  readonly shortage: {
    readonly backorderMs: number;
    readonly remindMs: number;
    readonly decideMs: number;
  };
  /** Reserved but unpaid: for the bank's question to be answered, and for another card. */
  readonly payment: { readonly confirmMs: number; readonly retryMs: number };
  /** For an address that the carrier refused to be changed. */
  readonly address: { readonly fixMs: number };
  /** For a delivery partner to accept an offer. */
  readonly offer: { readonly acceptMs: number };
  /** Paid, but the carrier has not got the parcel: the buyer is told, then a person looks. */
  readonly handOver: { readonly warnMs: number; readonly escalateMs: number };
  /** With the carrier, and silent: the buyer is told, a person looks, the parcel counts as lost. */
  readonly delivery: {
    readonly warnMs: number;
    readonly escalateMs: number;
    readonly giveUpMs: number;
  };
  /** An undo that is still being retried. */
  readonly undoMs: number;
  /** After the delivery: to ask for a return, to approve it, and for the goods to come back. */
  readonly returns: {
    readonly windowMs: number;
    readonly approveMs: number;
    readonly arriveMs: number;
  };
}

const standard: ServiceLevel = {
  approval: { remindMs: 4 * hourMs, expireMs: dayMs },
  code: { validMs: 10 * minuteMs, expireMs: hourMs },
  shortage: { backorderMs: 14 * dayMs, remindMs: dayMs, decideMs: 2 * dayMs },
  payment: { confirmMs: hourMs, retryMs: dayMs },
  address: { fixMs: dayMs },
  offer: { acceptMs: 15 * minuteMs },
  handOver: { warnMs: 2 * dayMs, escalateMs: 3 * dayMs },
  delivery: { warnMs: 5 * dayMs, escalateMs: 10 * dayMs, giveUpMs: 30 * dayMs },
  undoMs: 15 * minuteMs,
  returns: { windowMs: 30 * dayMs, approveMs: 3 * dayMs, arriveMs: 21 * dayMs },
};

const express: ServiceLevel = {
  ...standard,
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

export const serviceLevels = { standard, express, demo } as const;

export type ServiceLevelName = keyof typeof serviceLevels;

export const serviceLevelNames = Object.keys(serviceLevels) as readonly ServiceLevelName[];

export const standardServiceLevel: ServiceLevel = standard;

/** How long stock stays set aside for an order that nobody keeps alive. */
export const holdExpiryMs = 30 * dayMs;

/** An order that lives extends its hold this often. */
export const holdExtensionMs = 20 * dayMs;
