import {
  labelDifference,
  type BookedLabel,
  type Difference,
  type Findings,
  type LabelDifference,
  type OrderAccount,
  type ShipmentAccount,
} from '../../domain/ledgers.js';
import type { OrderId } from '../../domain/ids.js';
import { alwaysRetryable } from '../error-classification.js';
import type { Period, ReconciliationPorts } from '../reconciliation-ports.js';
import { idempotencyKey } from '../step.js';
import {
  addFindings,
  compareList,
  compareTouched,
  findingsOf,
  forEach,
  listedSince,
  raiseDifference,
  recordFix,
} from './findings.js';

type LabelPorts = Pick<ReconciliationPorts, 'ledgers' | 'labelLedgers' | 'carrier' | 'journal'>;

/** Each shipment of a page costs one call to the carrier. */
const ordersPerPage = 50;

export const shipmentReconciliation = (ports: LabelPorts) => ({
  /** Our shipments against what the carrier has of each. */
  compareShipments: alwaysRetryable((period: Period) =>
    compareTouched(ports.ledgers, period, ordersPerPage, (orders) => compareOrders(ports, orders)),
  ),

  /** The labels that the carrier sold in the period, for orders that did not move in it or are not ours. */
  compareLabelList: alwaysRetryable((period: Period) =>
    compareList(ports.labelLedgers.listLabels(listedSince(period)), (page) =>
      compareListed(ports, period, page),
    ),
  ),
});

async function compareOrders(
  ports: LabelPorts,
  orders: readonly OrderAccount[],
): Promise<Findings> {
  const shipments = await ports.ledgers.shipmentsOf(orders.map(({ orderId }) => orderId));
  const pairs = orders.flatMap((order) =>
    (shipments.get(order.orderId) ?? []).map((shipment) => ({ order, shipment })),
  );
  return addFindings(
    await forEach(pairs, ({ order, shipment }) => compare(ports, order, shipment)),
  );
}

/** A shipment is stored before its label is bought, so an unknown label belongs to no shipment. */
async function compareListed(
  ports: LabelPorts,
  period: Period,
  listed: readonly BookedLabel[],
): Promise<Findings> {
  const orderIds = [...new Set(listed.flatMap(({ orderId }) => orderId ?? []))];
  const [known, labels, resting] = await Promise.all([
    ports.ledgers.knownOrders(orderIds),
    ports.ledgers.labelsOf(orderIds),
    ports.ledgers.restingAccounts(orderIds, period),
  ]);
  const strange = listed.filter(({ providerId, voided }) => !voided && !labels.has(providerId));
  const unknown = await forEach(strange, async (label) => {
    const isOurs = label.orderId !== null && known.has(label.orderId);
    return findingsOf([isOurs ? await raiseUnknown(ports, label, label.orderId) : ofNobody(label)]);
  });
  return addFindings([...unknown, await compareOrders(ports, resting)]);
}

const nameOf = ({ trackingNumber, providerId }: BookedLabel) => trackingNumber ?? providerId;

const ofNobody = (label: BookedLabel): Difference => ({
  kind: 'label_unknown_to_us',
  orderId: null,
  subject: `${nameOf(label)}: bought for ${label.reference ?? 'nothing'}, of which we know nothing`,
  outcome: 'reported',
});

const raiseUnknown = (ports: LabelPorts, label: BookedLabel, orderId: OrderId) =>
  raiseDifference(ports.journal, {
    kind: 'label_unknown_to_us',
    orderId,
    subject: `${nameOf(label)}: a label of the carrier's that no shipment of ours has`,
  });

async function compare(
  ports: LabelPorts,
  order: OrderAccount,
  shipment: ShipmentAccount,
): Promise<Findings> {
  const { providerId } = shipment;
  const label = providerId === null ? undefined : await ports.labelLedgers.labelOf(providerId);
  const kind = labelDifference(order, shipment, label);
  return findingsOf(kind === undefined ? [] : [await settle(ports, order, shipment, kind)]);
}

const subjects: Readonly<Record<LabelDifference, (shipmentId: string) => string>> = {
  label_unknown_to_carrier: (id) => `${id}: the carrier knows no label of this shipment`,
  label_given_back: (id) => `${id}: the label was given back at the carrier, not by us`,
  label_not_voided: (id) => `${id}: the label should be void and is not`,
};

async function settle(
  ports: LabelPorts,
  { orderId }: OrderAccount,
  { shipmentId }: ShipmentAccount,
  kind: LabelDifference,
): Promise<Difference> {
  const found = { kind, orderId, subject: subjects[kind](shipmentId) };
  if (kind !== 'label_not_voided') return raiseDifference(ports.journal, found);
  const voided = await ports.carrier.voidLabel({
    orderId,
    shipmentId,
    idempotencyKey: idempotencyKey(orderId, 'voidLabel', shipmentId),
  });
  if (voided.kind === 'too_late') return raiseDifference(ports.journal, found);
  const fact = { type: 'label.voided', shipmentId } as const;
  return recordFix(ports.journal, found, `voidLabel:${shipmentId}`, fact);
}
