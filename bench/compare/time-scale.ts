import type { Pace } from '../../src/sandbox/carrier/journey.js';
import { serviceLevels, standardServiceLevel } from '../../src/domain/service-level.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/**
 * A day until a parcel is picked up, at the scale of the wait for that: so long a cancel can be in time,
 * also on a busy machine. The way itself is short, so that the times of orders are not those of parcels.
 */
export const pace: Pace = { pickUpMs: 2 * secondMs, stepMs: 0.5 * secondMs };

/** Shorter than the demo's patience with an undo, as five minutes are with the standard one. */
export const undoFailsMs = 2_500;

/** An order that has not come to rest so long after the last one was placed is stuck. */
export const limitMs = 90 * secondMs;

const { demo } = serviceLevels;

/** What is shortened, the same for all arms; in words. */
export const timeScale = [
  `a person is asked about an undo after ${shortened(standardServiceLevel.undoMs, demo.undoMs)}`,
  `and about a parcel that is not handed over after ${shortened(
    standardServiceLevel.handOver.escalateMs,
    demo.handOver.escalateMs,
  )}`,
  `an undo that fails for a while fails for ${shortened(5 * minuteMs, undoFailsMs)}`,
  `a parcel is picked up after ${inWords(pace.pickUpMs)} and moves every ${inWords(pace.stepMs)} then`,
  `an order is stuck ${inWords(limitMs)} after the last one was placed`,
].join(', ');

function shortened(usualMs: number, hereMs: number): string {
  return `${inWords(hereMs)} in place of ${inWords(usualMs)}`;
}

function inWords(ms: number): string {
  if (ms >= hourMs) return `${ms / hourMs} h`;
  return ms >= minuteMs ? `${ms / minuteMs} min` : `${ms / secondMs} s`;
}
