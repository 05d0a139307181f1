import type { ArmName } from '../data/names.js';

/** An arm is told by its form as well as by its colour. */
const forms: Readonly<Record<ArmName, string>> = {
  saga: '<circle r="5" />',
  naive: '<path d="M0 -6 L6 5 L-6 5 Z" />',
  outbox: '<path d="M-5 -5 H5 V5 H-5 Z" />',
  mix: '<path d="M0 -7 L7 0 L0 7 L-7 0 Z" />',
};

/** The mark of an arm at a place in a picture: `x` with its unit, `y` in pixels. */
export const markAt = (arm: ArmName, x: string, y: number): string =>
  `<svg class="mark ${arm}" x="${x}" y="${y}" width="1" height="1" overflow="visible">${forms[arm]}</svg>`;

/** The mark by itself, beside a word. */
export const markAlone = (arm: ArmName): string =>
  `<svg class="mark ${arm}" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">${forms[arm]}</svg>`;
