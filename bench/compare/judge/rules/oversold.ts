import { liveParcels, type Evidence } from '../evidence.js';

/** Goods were sent that nobody had set aside for the order: they are another's, or are not there. */
export function isOversold(evidence: Evidence): boolean {
  const covered = evidence.holds.filter(({ state }) => state !== 'released');
  const places = new Set(covered.map(({ warehouseId }) => warehouseId));
  return liveParcels(evidence).length > places.size;
}
