import { openCell, type CellOptions } from './cell.js';
import { driveSeeds } from './drive.js';
import type { Ground } from './ground.js';
import { judge, type Judged } from './judge/judge.js';
import { stockDifferences, type StockDifference } from './judge/stock.js';

/** What became of a cell's seeds, in their order, and where the books of its stock do not agree. */
export interface CellOutcome {
  readonly judged: readonly Judged[];
  readonly stock: readonly StockDifference[];
}

/** Drives all seeds of a cell, and judges them when everything has come to rest. */
export async function runCell(
  ground: Ground,
  options: CellOptions,
  onSeed: (seed: number) => void,
): Promise<CellOutcome> {
  const cell = await openCell(ground, options);
  try {
    const seeds = await driveSeeds(cell, options.plans, onSeed);
    return { judged: await judge(cell, seeds), stock: await stockDifferences(cell.pool) };
  } finally {
    await cell.stop();
  }
}
