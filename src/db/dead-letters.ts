import type { Fact } from '../domain/facts.js';
import type { DeadLettered } from '../domain/dead-lettered.js';
import type { OrderId, ShipmentId } from '../domain/ids.js';
import type { UndoName } from '../domain/saga.js';
import { allValues, firstValue, type Database } from './database.js';
import { appendFacts } from './order-facts.js';

/** @returns the id of the open dead letter; undefined when it was decided, or took effect */
export const deadLetterOf = (
  database: Database,
  orderId: OrderId,
  { service, type }: DeadLettered,
) => firstValue<string>(database)`
    select p.id from events.quarantined p join events.history e on e.position = p.position
    where p.order_id = ${orderId} and p.state = 'dead' and e.type = ${type}
      and split_part(p.group_name, ':', 1) = ${service}`;

/** Records that a person has resolved an undo; for labels, one fact for each that was not voided. */
export async function resolveUndo(
  database: Database,
  orderId: OrderId,
  undo: UndoName,
  result: 'marked_done' | 'waived',
): Promise<void> {
  const resolved: Fact = { type: 'undo.settled', undo, result };
  const facts =
    undo === 'voidLabel'
      ? (await unvoidedLabels(database, orderId)).map((subject) => ({ ...resolved, subject }))
      : [resolved];
  if (facts.length > 0) await appendFacts(database, orderId, `undo-settled:${undo}`, facts);
}

const unvoidedLabels = (database: Database, orderId: OrderId) => allValues<ShipmentId>(database)`
    select t.data ->> 'shipmentId' from orders.history t
    where t.order_id = ${orderId} and t.type = 'shipment.created' and not exists (
      select from orders.history v where v.order_id = t.order_id and v.type = 'label.voided'
        and v.data ->> 'shipmentId' = t.data ->> 'shipmentId')
    order by t.sequence`;
