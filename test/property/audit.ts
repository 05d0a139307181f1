import { sql } from 'kysely';
import { allRows, oneRow } from '../../src/db/database.js';
import type { Fact, RecordedFact } from '../../src/domain/facts.js';
import type { OrderId } from '../../src/domain/ids.js';
import type { OrderStatus, PaymentStatus } from '../../src/domain/order-state.js';
import type { OrderSummary } from '../../src/workflows/messages.js';
import type { Shop } from './shop.js';

interface Row {
  readonly status: OrderStatus;
  readonly stage: string;
  readonly paymentStatus: PaymentStatus;
  readonly fulfillmentStatus: string;
  readonly totalMinor: number;
  readonly sequence: number;
  readonly events: number;
  readonly openCompensations: readonly string[] | null;
  readonly openItems: readonly string[] | null;
  /** What left the books, and what is still held: `<hold> <warehouse>`. */
  readonly issued: readonly string[] | null;
  readonly held: readonly string[] | null;
  readonly points: number;
}

type Recorded = Fact & { readonly sequence: number };

/** What is known of an ended order, by everybody who keeps books. */
interface Evidence {
  readonly row: Row;
  readonly timeline: readonly Recorded[];
  readonly known: OrderSummary;
  readonly remembered: readonly RecordedFact[];
  readonly bank: ReturnType<Shop['bank']['booksOf']>;
  readonly parcels: ReturnType<Shop['post']['parcelsOf']>;
}

type Rule = (evidence: Evidence) => boolean;

const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);
const same = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();

const capturedMinor = ({ bank }: Evidence) => sum(bank.captures.map(([, amount]) => amount));
const refundedMinor = ({ bank }: Evidence) => sum(bank.refunds.map((refund) => refund.amountMinor));
const factsOf = <Type extends Fact['type']>({ timeline }: Evidence, type: Type) =>
  timeline.filter((fact): fact is Recorded & Extract<Fact, { type: Type }> => fact.type === type);

/** `<order>:capturePayment:<shipment>[:<number of the authorization>]` */
const shipmentIn = (captureKey: string): string => captureKey.split(':')[2] ?? '';

/** The shipment that was paid for, whatever replaced it. */
function originOf(evidence: Evidence, shipmentId: string): string {
  const replaced = factsOf(evidence, 'shipment.replaced').find(
    ({ replacementId }) => replacementId === shipmentId,
  );
  return replaced === undefined ? shipmentId : originOf(evidence, replaced.shipmentId);
}

/** The shipments whose goods their buyer has, by the carrier's books. */
const deliveredTo = (evidence: Evidence): readonly string[] =>
  evidence.parcels
    .filter(({ isDelivered, isRecalled }) => isDelivered && !isRecalled)
    .map(({ shipmentId }) => originOf(evidence, shipmentId));

const paymentFits: Readonly<
  Record<PaymentStatus, (captured: number, refunded: number) => boolean>
> = {
  none: (captured) => captured === 0,
  requires_action: () => false,
  authorized: () => false,
  voided: (captured) => captured === 0,
  declined: (captured) => captured === 0,
  partially_captured: () => false,
  captured: (captured, refunded) => captured > 0 && refunded === 0,
  partially_refunded: (captured, refunded) => refunded > 0 && refunded < captured,
  refunded: (captured, refunded) => captured > 0 && refunded === captured,
};

const endings: Readonly<Partial<Record<OrderStatus, Fact['type']>>> = {
  delivered: 'order.delivered',
  cancelled: 'order.cancelled',
  rejected: 'order.rejected',
  failed: 'order.failed',
};

/** What must be true of every order that has ended; section and wording follow the design's invariants. */
const rules: Readonly<Record<string, Rule>> = {
  'what was taken and kept is worth what was delivered': (evidence) => {
    const delivered = deliveredTo(evidence);
    const worth = evidence.bank.captures.filter(([key]) => delivered.includes(shipmentIn(key)));
    return (
      capturedMinor(evidence) - refundedMinor(evidence) === sum(worth.map(([, amount]) => amount))
    );
  },
  'whatever was delivered was paid for': (evidence) => {
    const paid = evidence.bank.captures.map(([key]) => shipmentIn(key));
    return deliveredTo(evidence).every((shipmentId) => paid.includes(shipmentId));
  },
  'an order that is delivered whole costs what it says': (evidence) => {
    const { row, parcels } = evidence;
    const isWhole =
      row.status === 'delivered' &&
      parcels.every(({ isDelivered }) => isDelivered) &&
      factsOf(evidence, 'shipment.abandoned').length === 0;
    return !isWhole || capturedMinor(evidence) - refundedMinor(evidence) === row.totalMinor;
  },
  'no shipment is captured twice': ({ bank }) => {
    const shipments = bank.captures.map(([key]) => shipmentIn(key));
    return new Set(shipments).size === shipments.length;
  },
  'no shipment is delivered twice': (evidence) => {
    const delivered = deliveredTo(evidence);
    return new Set(delivered).size === delivered.length;
  },
  'no more is given back of a capture than was taken': ({ bank }) =>
    bank.captures.every(
      ([key, amount]) =>
        sum(bank.refunds.filter((r) => r.captureKey === key).map((r) => r.amountMinor)) <= amount,
    ),
  'no authorization is left open': ({ bank }) => bank.openMinor === 0,
  'the timeline has the money that the bank has': (evidence) =>
    sum(factsOf(evidence, 'payment.captured').map(({ amount }) => amount.amountMinor)) ===
      capturedMinor(evidence) &&
    sum(factsOf(evidence, 'payment.refunded').map(({ amount }) => amount.amountMinor)) ===
      refundedMinor(evidence),
  'the payment status fits the money': (evidence) =>
    paymentFits[evidence.row.paymentStatus](capturedMinor(evidence), refundedMinor(evidence)),
  'no label is left that nobody uses': ({ parcels }) =>
    parcels.every(({ isGone, isVoided }) => isGone || isVoided),
  'what left the books is what the carrier got': ({ row, parcels }) => {
    const gone = parcels.filter(({ isGone }) => isGone);
    const places = gone.map((parcel) => {
      const hold = parcel.isReplacement ? parcel.shipmentId : parcel.orderId;
      return `${hold} ${parcel.warehouseId}`;
    });
    return same(places, row.issued ?? []);
  },
  'nothing is held any more': ({ row }) => row.held === null,
  'only an order of which something arrived is delivered': (evidence) =>
    (evidence.row.status === 'delivered') === deliveredTo(evidence).length > 0,
  'the order says everywhere that it has ended in the same way': ({ row, known, timeline }) => {
    const ends = timeline.filter(({ type }) => Object.values(endings).includes(type));
    return (
      row.stage === 'done' &&
      ends.length === 1 &&
      ends[0]?.type === endings[row.status] &&
      row.status === known.status &&
      row.stage === known.stage &&
      row.paymentStatus === known.paymentStatus &&
      row.fulfillmentStatus === known.fulfillmentStatus
    );
  },
  'the timeline has no gap, and all that the workflow remembers': ({ row, ...evidence }) => {
    const { timeline, remembered } = evidence;
    const known = timeline.map(({ sequence, type }) => `${sequence} ${type}`);
    return (
      timeline.every(({ sequence }, index) => sequence === index + 1) &&
      timeline.length === row.sequence &&
      timeline.length === row.events &&
      remembered.every(({ sequence, type }) => known.includes(`${sequence} ${type}`))
    );
  },
  'every compensation was carried out': ({ row }) => row.openCompensations === null,
  'no attention item is left open': ({ row }) => row.openItems === null,
  'a cancel has its effect or its refusal': (evidence) =>
    factsOf(evidence, 'order.cancel_requested').length === 0 ||
    factsOf(evidence, 'order.cancel_refused').length > 0 ||
    evidence.row.status === 'cancelled',
  'a cancel is refused only when the carrier has a parcel': (evidence) =>
    factsOf(evidence, 'order.cancel_refused').every(({ reason }) => reason === undefined) ||
    evidence.parcels.some(({ isGone }) => isGone),
  'the carrier is asked before a cancelled order is compensated': (evidence) => {
    const started = factsOf(evidence, 'compensation.started').find(
      ({ cause }) => cause === 'cancelled',
    );
    const voided = factsOf(evidence, 'label.voided');
    return voided.every(({ sequence }) => sequence < (started?.sequence ?? Infinity));
  },
  'nothing is refunded before its label is void': (evidence) => {
    const voided = factsOf(evidence, 'label.voided');
    return factsOf(evidence, 'payment.refunded').every(({ shipmentId, sequence }) => {
      const label = voided.find((fact) => fact.shipmentId === shipmentId);
      return label === undefined || label.sequence < sequence;
    });
  },
  'points are kept only for what was bought': ({ row }) =>
    row.points === 0 || row.status === 'delivered' || row.status === 'failed',
};

/** @returns the rules that an order breaks */
export async function brokenRules(shop: Shop, orderId: OrderId): Promise<readonly string[]> {
  const holdUp = await shop.holdUpOf(orderId);
  if (holdUp !== undefined) return [`every order ends: ${holdUp}`];
  const remembered = await shop.replay(orderId);
  if (typeof remembered === 'string') return [`every history replays: ${remembered}`];
  const known = await shop.summaryOf(orderId);
  const evidence = { ...(await booksOf(shop, orderId)), known, remembered };
  return Object.entries(rules)
    .filter(([, holds]) => !holds(evidence))
    .map(([rule]) => rule);
}

/** The whole story of an order, to find out why it broke a rule. */
export async function storyOf(shop: Shop, orderId: OrderId): Promise<object> {
  const { row, timeline, bank, parcels } = await booksOf(shop, orderId);
  const facts = timeline.map(({ sequence, ...fact }) => `${sequence} ${JSON.stringify(fact)}`);
  const labels = parcels.map(({ fate, ...parcel }) => ({ ...parcel, ...fate }));
  return { row, facts, bank, labels, fate: shop.fates.get(orderId) };
}

async function booksOf(shop: Shop, orderId: OrderId) {
  const timeline = await allRows<{ sequence: number; type: string; data: object }>(shop.database)`
    select sequence, type, data from orders.timeline where order_id = ${orderId} order by sequence`;
  return {
    row: await rowOf(shop, orderId),
    timeline: timeline.map(({ data, ...entry }) => ({ ...entry, ...data }) as Recorded),
    bank: shop.bank.booksOf(orderId),
    parcels: shop.post.parcelsOf(orderId),
  };
}

function rowOf({ database, post }: Shop, orderId: OrderId): Promise<Row> {
  const holds = [orderId, ...post.parcelsOf(orderId).map(({ shipmentId }) => shipmentId)];
  const parts = (state: string) => sql`(
    select json_agg(distinct line.hold_id || ' ' || line.warehouse_id)
    from inventory.hold_lines line where hold_id = any(${holds}) and state = ${state})`;
  return oneRow<Row>(database)`
    select status, stage, payment_status as "paymentStatus",
      fulfillment_status as "fulfillmentStatus", total_minor as "totalMinor",
      last_sequence as sequence,
      (select count(*) from orders.outbox where order_id = o.id) as events,
      (select json_agg(key) from orders.compensations
        where order_id = o.id and done_at is null) as "openCompensations",
      (select json_agg(reason) from orders.attention
        where order_id = o.id and resolved_at is null) as "openItems",
      ${parts('issued')} as issued, ${parts('held')} as held,
      (select coalesce(sum(points), 0) from loyalty.ledger where order_id = o.id) as points
    from orders.orders o where id = ${orderId}`;
}
