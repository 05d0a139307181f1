import type { Difference, Findings } from '../../domain/ledgers.js';
import { alwaysRetryable } from '../error-classification.js';
import type {
  OrphanedHold,
  Period,
  ReconciliationPorts,
  StockDifference,
} from '../reconciliation-ports.js';
import { addFindings, findingsOf, recordFix } from './findings.js';

type StockPorts = Pick<ReconciliationPorts, 'ledgers' | 'inventory' | 'journal'>;

/** More than a healthy system ever has; what is left over comes next time. */
const holdsPerRun = 500;

export const stockReconciliation = (ports: StockPorts) => ({
  /** The counts against the ledger of movements, and no hold without an order that needs it. */
  compareStock: alwaysRetryable(async ({ until }: Period): Promise<Findings> => {
    const released: Findings[] = [];
    for (const hold of await ports.ledgers.orphanedHolds(until, holdsPerRun)) {
      released.push(findingsOf([await release(ports, hold)]));
    }
    const { lookedAt, differing } = await ports.ledgers.checkStock();
    const counted: Findings = {
      lookedAt,
      agreed: lookedAt - differing.length,
      differences: differing.map(reported),
    };
    return addFindings([...released, counted]);
  }),
});

async function release(
  { inventory, journal }: StockPorts,
  { holdId, orderId }: OrphanedHold,
): Promise<Difference> {
  await inventory.release(holdId);
  const subject = `${holdId}: stock was held after the end of the order`;
  const found = { kind: 'hold_of_finished_order', orderId, subject } as const;
  return recordFix(journal, found, `releaseInventory:${holdId}`, { type: 'inventory.released' });
}

const reported = ({ warehouseId, sku, what, counted, expected }: StockDifference): Difference => ({
  kind: 'stock_differs',
  orderId: null,
  subject: `${sku} in ${warehouseId}: ${what} is ${counted}, the ledger says ${expected}`,
  outcome: 'reported',
});
