import { alwaysRetryable } from './error-classification.js';
import { paymentReconciliation } from './reconciliation/payments.js';
import { shipmentReconciliation } from './reconciliation/shipments.js';
import { stockReconciliation } from './reconciliation/stock.js';
import { orderSweep } from './reconciliation/sweep.js';
import type { Period, ReconciliationPorts, ReconciliationRecord } from './reconciliation-ports.js';

/** What the workflow `reconcile` may ask for. */
export const reconciliationActivities = (ports: ReconciliationPorts) => ({
  nextPeriod: alwaysRetryable<undefined, Period>(() => ports.ledgers.nextPeriod()),
  ...paymentReconciliation(ports),
  ...shipmentReconciliation(ports),
  ...stockReconciliation(ports),
  ...orderSweep(ports),
  keepReconciliation: alwaysRetryable((record: ReconciliationRecord): Promise<void> =>
    ports.ledgers.keep(record),
  ),
});

export type ReconciliationActivities = ReturnType<typeof reconciliationActivities>;
