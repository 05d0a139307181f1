import { oneOf, quantity, words } from './columns.js';
import { armNames, effortMeasures, type ArmName, type EffortMeasure } from './names.js';
import type { Table } from './table.js';

/** What one arm asks of people. */
export interface Effort {
  readonly arm: ArmName;
  readonly measure: EffortMeasure;
  readonly value: number;
  /** How it was counted, so that somebody else can count it again. */
  readonly how: string;
}

export const effortTable: Table<Effort> = {
  file: 'effort.csv',
  columns: { arm: oneOf(armNames), measure: oneOf(effortMeasures), value: quantity, how: words },
  key: ['arm', 'measure'],
  fault: ({ how }) => (how.trim() === '' ? 'it does not say how it was counted' : undefined),
};
