import { countOf, isTakenBack, sumOf, type Evidence } from '../evidence.js';

/** The buyer was told something that the books of bank and carrier do not bear out. */
export const isToldUntruth = (evidence: Evidence): boolean =>
  untruths.some((isTold) => isTold(evidence));

const untruths: readonly ((evidence: Evidence) => boolean)[] = [
  falseDelivery,
  falseEnd,
  falseConfirmation,
  falseParcelMail,
  falseAnswer,
];

/** Delivered, he reads, and no parcel has arrived. */
function falseDelivery(evidence: Evidence): boolean {
  const isSaid = evidence.told === 'delivered' || countOf(evidence, 'delivered') > 0;
  return isSaid && !evidence.parcels.some(({ isDelivered }) => isDelivered);
}

/** Nothing will come, he reads, and it has come or is on its way. */
function falseEnd(evidence: Evidence): boolean {
  const isSaid = isTakenBack(evidence) || countOf(evidence, 'cancellation', 'rejection') > 0;
  const isComing = evidence.parcels.some(({ isVoided, isGone }) => isGone && !isVoided);
  return isSaid && (isComing || evidence.told === 'delivered');
}

/** Confirmed, he reads, and no money was ever set aside. */
function falseConfirmation(evidence: Evidence): boolean {
  return countOf(evidence, 'order_confirmation') > 0 && sumOf(evidence, 'authorize') === 0;
}

/** More parcels are on their way, he reads, than the carrier has ever had. */
function falseParcelMail(evidence: Evidence): boolean {
  return countOf(evidence, 'shipped') > evidence.parcels.filter(({ isGone }) => isGone).length;
}

/** Cancelled, he was answered, and that is not how it ended. */
function falseAnswer({ cancelStatus, told }: Evidence): boolean {
  return cancelStatus === 200 && told !== 'cancelled';
}
