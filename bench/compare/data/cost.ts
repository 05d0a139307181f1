import { count, oneOf, quantity } from './columns.js';
import { armNames, type ArmName } from './names.js';
import type { Table } from './table.js';

/** What an order costs one arm at full load without any fault, by one seed. */
export interface Cost {
  readonly arm: ArmName;
  readonly seed: number;
  /** At which of the times that the run went over all cells, from 1 on. */
  readonly round: number;
  readonly orders: number;
  readonly ordersPerSecond: number;
  readonly cpuMsPerOrder: number;
  readonly writeTransactionsPerOrder: number;
  readonly walKibPerOrder: number;
}

export const costTable: Table<Cost> = {
  file: 'cost.csv',
  columns: {
    arm: oneOf(armNames),
    seed: count,
    round: count,
    orders: count,
    ordersPerSecond: quantity,
    cpuMsPerOrder: quantity,
    writeTransactionsPerOrder: quantity,
    walKibPerOrder: quantity,
  },
  key: ['arm', 'seed'],
  fault: ({ orders }) => (orders === 0 ? 'no order was placed' : undefined),
};
