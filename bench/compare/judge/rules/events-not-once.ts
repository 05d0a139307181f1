import { countOf, isEnded, isTakenBack, liveParcels, type Evidence } from '../evidence.js';

/**
 * What happened to the order did not come to each of those who must know of it exactly once: buyer,
 * sellers, the member's account, and the event log where there is one. What waits for a person may
 * still come, and must not have come twice.
 */
export const isNotAppliedOnce = (evidence: Evidence): boolean =>
  isTooOften(evidence) || (isEnded(evidence) && evidence.waits.length === 0 && isMissing(evidence));

function isTooOften(evidence: Evidence): boolean {
  const once = ['order_placed', 'order_confirmation'].some((name) => countOf(evidence, name) > 1);
  const { parcels, sellers, awards } = evidence;
  return (
    once ||
    countOf(evidence, 'cancellation', 'rejection') > 1 ||
    countOf(evidence, 'seller_notice') > sellers ||
    countOf(evidence, 'shipped') > parcels.length ||
    countOf(evidence, 'delivered') > parcels.length ||
    awards > 1
  );
}

const isMissing = (evidence: Evidence): boolean =>
  evidence.unpublished > 0 ||
  (isTakenBack(evidence) ? isFarewellMissing(evidence) : isWelcomeMissing(evidence));

/** Who hears of the end at once need not hear of the beginning. */
const isFarewellMissing = (evidence: Evidence): boolean =>
  countOf(evidence, 'cancellation', 'rejection') === 0 || evidence.points !== 0;

function isWelcomeMissing(evidence: Evidence): boolean {
  const { sellers, isMember, points } = evidence;
  const sent = liveParcels(evidence).length;
  return (
    countOf(evidence, 'order_placed') === 0 ||
    countOf(evidence, 'order_confirmation') === 0 ||
    countOf(evidence, 'seller_notice') < sellers ||
    countOf(evidence, 'shipped') < sent ||
    countOf(evidence, 'delivered') < sent ||
    points > 0 !== isMember
  );
}
