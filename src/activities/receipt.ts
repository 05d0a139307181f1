export const receiptActivities = {
  /** Does nothing. It is there to be scheduled: see `onRecord` in src/workflows/on-record.ts. */
  putOnRecord: (): Promise<void> => Promise.resolve(),
};

export type ReceiptActivities = typeof receiptActivities;
