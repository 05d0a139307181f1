import type pg from 'pg';
import { isEnded } from '../../src/domain/order-state.js';
import { waitFor } from '../../src/runtime/deadline.js';
import { untilCaughtUp } from '../afterwards.js';
import { ownLedgersOf, stockDifferences } from '../ledgers/read.js';
import type { OwnLedger } from '../ledgers/rules.js';

const sampled = 200;
/** A report that came before its order showed what it leads to is looked at again after some seconds. */
const reportsLimitMs = 60_000;

const counts = `
  select
    (select count(*) from orders.orders o where o.last_sequence <> (
      select count(*) from orders.timeline t where t.order_id = o.id
        and t.sequence between 1 and o.last_sequence))::integer as "timelines with a gap",
    (select count(*) from orders.timeline t where not exists (
      select from events.log l where (l.order_id, l.sequence) = (t.order_id, t.sequence)
    ))::integer as "facts that are no event",
    (select abs(position - (select count(*) from events.log)) from events.head)::integer
      as "positions that are missing",
    (select count(*) from events.groups where position <> (select position from events.head))::integer
      as "consumers that are behind",
    (select count(*) from orders.messages where state = 'waiting')::integer as "messages that wait",
    (select count(*) from orders.outbox)::integer as "facts that are not published",
    (select count(*) from orders.orders o where not exists (
      select from orders.contacts c where c.order_id = o.id) or not exists (
      select from orders.lines l where l.order_id = o.id))::integer as "orders without lines or contact",
    (select count(*) from inventory.holds h where not exists (
      select from inventory.movements m where m.hold_id = h.hold_id))::integer as "holds without a movement"`;

/** What the proofs ask of orders that happened, asked of all that are in the tables; no finding is good. */
export async function findingsIn(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<Record<string, number>>(counts);
  const gaps = Object.entries(rows[0] ?? {}).filter(([, count]) => count !== 0);
  const { rows: some } = await pool.query<{ id: string }>(
    `select id from orders.orders order by hashtext(id) limit ${sampled}`,
  );
  const ledgers = await ownLedgersOf(
    pool,
    some.map(({ id }) => id),
  );
  return [
    ...gaps.map(([what, count]) => `${count} ${what}`),
    ...(await stockDifferences(pool)).map((place) => `the stock of ${place} does not agree`),
    ...ledgers.flatMap(faultsOf),
  ];
}

function faultsOf(ledger: OwnLedger): readonly string[] {
  const { orderId, holds, unpublished, waits, awards } = ledger;
  const isHeld = holds.some(({ state }) => state === 'held');
  return [
    ...(isEnded(ledger) && isHeld ? [`${orderId} has ended and holds goods`] : []),
    ...(unpublished > 0 ? [`${orderId} has facts that are no event`] : []),
    ...(awards > 1 ? [`${orderId} got its points twice`] : []),
    ...waits.map((wait) => `${orderId} waits: ${wait}`),
  ];
}

/** Nothing of the orders is under way any more, in the log, at a consumer or in a message. */
export async function untilAtRest(pool: pg.Pool): Promise<void> {
  const look = async () => {
    const { rows } = await pool.query(
      "select from orders.messages where state = 'waiting' limit 1",
    );
    return rows.length === 0;
  };
  await waitFor(look, { what: 'all messages to be taken', limitMs: reportsLimitMs });
  await untilCaughtUp(pool);
}
