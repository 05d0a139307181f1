import type { ArmName } from '../data/names.js';
import type { Interval, Sample } from '../statistics/bootstrap.js';
import type { Unit } from './units.js';

/** What is known of one arm. */
export type Figure =
  | { readonly kind: 'measured'; readonly interval: Interval; readonly sample: Sample }
  | { readonly kind: 'counted'; readonly value: number; readonly how: string }
  | { readonly kind: 'not_applicable'; readonly reason: string }
  | { readonly kind: 'not_measured' };

/** One measure, the arms side by side. */
export interface Line {
  readonly title: string;
  readonly figures: Readonly<Record<ArmName, Figure>>;
}

/** Lines on one axis, which begins at zero. */
export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
}

export interface Answer {
  /** Of the block in the document, and of the place in the page. */
  readonly name: string;
  readonly question: string;
  /** What was looked at, and how. */
  readonly reading: string;
  readonly panels: readonly Panel[];
  /** Who loses, in words, one for each measure. */
  readonly findings: readonly Finding[];
  /** What else there is to say, such as where it happened. */
  readonly notes?: readonly string[];
}

export interface Finding {
  readonly measure: string;
  readonly words: string;
  /** Those who lose, by name; or in a word why nobody does. */
  readonly loses: string;
  readonly best: string;
}
