/**
 * The forward actions of the order saga in their order, each with its undo; `null` where nothing
 * outside needs to be taken back.
 */
export const undoOf = {
  reserveInventory: 'releaseInventory',
  authorizePayment: 'voidAuthorization',
  sendOrderConfirmation: null,
  notifySeller: null,
  assignDeliveryPartner: 'releaseDeliveryPartner',
  awardPoints: 'revokePoints',
  createShipment: 'voidLabel',
  capturePayment: 'refundPayment',
} as const satisfies Record<string, string | null>;

export type StepName = keyof typeof undoOf;

export type UndoName = NonNullable<(typeof undoOf)[StepName]>;

export const undoNames: readonly UndoName[] = Object.values(undoOf).filter((undo) => undo !== null);

/**
 * Which compensations never overtake another one, also when that one hangs: a parcel that may still go takes
 * its goods along, and a void gives back all that the refunds before it have left.
 */
export const compensationOrder: Readonly<Partial<Record<UndoName, UndoName>>> = {
  releaseInventory: 'voidLabel',
  voidAuthorization: 'refundPayment',
};
