import { serviceLevels } from '../../src/domain/service-level.js';
import type { Pace } from '../../src/sandbox/carrier/journey.js';

/**
 * A day until a parcel is picked up, at the scale of the wait for that: so long a cancel can be in time,
 * also on a busy machine. The way itself is short, so that the times of orders are not those of parcels.
 */
export const pace: Pace = { pickUpMs: 2_000, stepMs: 500 };

/** Shorter than the demo's patience with an undo, as five minutes are with the standard one. */
export const undoFailsMs = 2_500;

/** An order that has not come to rest so long after the last one was placed is stuck. */
export const limitMs = 90_000;

const { demo, standard } = serviceLevels;

export const timeScale = [
  `a person is asked about an undo after ${inWords(demo.undoMs)} in place of ${inWords(standard.undoMs)}`,
  `and about a parcel that is not handed over after ${inWords(demo.handOver.escalateMs)} in place of ${inWords(standard.handOver.escalateMs)}`,
  `an undo that fails for a while fails for ${inWords(undoFailsMs)} in place of 5 min`,
  `a parcel is picked up after ${inWords(pace.pickUpMs)} and moves every ${inWords(pace.stepMs)} then`,
  `an order is stuck ${inWords(limitMs)} after the last one was placed`,
].join(', ');

function inWords(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours >= 1) return `${hours} h`;
  return ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
