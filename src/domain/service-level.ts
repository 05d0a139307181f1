const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long each wait of an order may last before a person is asked to look. */
export interface ServiceLevel {
  /** Paid and labelled, but the carrier has not got the parcel. */
  readonly handOverMs: number;
  /** The carrier has the parcel, but it has not arrived. */
  readonly deliveryMs: number;
  /** An undo that is still being retried. */
  readonly undoMs: number;
}

export const standardServiceLevel: ServiceLevel = {
  handOverMs: 3 * dayMs,
  deliveryMs: 10 * dayMs,
  undoMs: 15 * minuteMs,
};

/** How long stock stays set aside for an order that nobody keeps alive. */
export const holdExpiryMs = 30 * dayMs;
