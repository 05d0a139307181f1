/** The forward actions of the order saga, in their order. */
const steps = [
  'reserveInventory',
  'authorizePayment',
  'sendOrderConfirmation',
  'notifySeller',
  'assignDeliveryPartner',
  'awardPoints',
  'createShipment',
  'capturePayment',
] as const;

export type StepName = (typeof steps)[number];

/** The undo of each step; `null` where nothing outside needs to be taken back. */
export const undoOf = {
  reserveInventory: 'releaseInventory',
  authorizePayment: 'voidAuthorization',
  sendOrderConfirmation: null,
  notifySeller: null,
  assignDeliveryPartner: 'releaseDeliveryPartner',
  awardPoints: 'revokePoints',
  createShipment: 'voidLabel',
  capturePayment: 'refundPayment',
} as const satisfies Record<StepName, string | null>;

export type UndoName = NonNullable<(typeof undoOf)[StepName]>;

/** A step that runs beside the main line and never rolls the order back. */
export type SideStepName = Extract<
  StepName,
  'sendOrderConfirmation' | 'notifySeller' | 'assignDeliveryPartner' | 'awardPoints'
>;
