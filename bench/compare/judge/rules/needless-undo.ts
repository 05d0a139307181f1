import { isTakenBack, sumOf, type Evidence } from '../evidence.js';

/** The order was taken back, and neither buyer, bank, carrier nor stock had given a reason. */
export const isUndoneNeedlessly = (evidence: Evidence): boolean =>
  isTakenBack(evidence) && !isExcused(evidence);

function isExcused(evidence: Evidence): boolean {
  const { excuses, cancelStatus, told } = evidence;
  if (sumOf(evidence, 'decline') > 0) return true;
  return excuses.some((excuse) => {
    switch (excuse) {
      case 'cancelled':
        return cancelStatus !== undefined && cancelStatus < 300 && told === 'cancelled';
      case 'refused':
        return told !== 'cancelled';
      case 'short':
        // Who was let through to the bank had his goods.
        return told === 'rejected' && sumOf(evidence, 'authorize') === 0;
    }
  });
}
