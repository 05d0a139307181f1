import { sql, type Kysely, type Migration } from 'kysely';

/** Several shipments of one order, returns among them, and what the order shows of each. */
export const shipments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await columns.execute(db);
    await showsMilestone.execute(db);
  },
};

const columns = sql`
  alter table orders.shipments
    add column kind text not null default 'outbound'
      check (kind in ('outbound', 'return', 'replacement')),
    add column warehouse_id text,
    add column return_id text,
    add column tracking_url text,
    add column route_digest text;
  create index shipments_by_order on orders.shipments (order_id);

  alter table orders.webhooks add column tellings integer not null default 0;
`;

/**
 * Whether an order's timeline has what a milestone of a shipment leads to. Scans may be lost or come
 * late, so a later milestone stands for the hand-over, and a parcel that has arrived for all of them.
 * A parcel that moved on after an exception can meet another one.
 */
const showsMilestone = sql`
  create function orders.shows_milestone(p_order_id text, p_shipment_id text, p_milestone text)
  returns boolean language sql stable as $$
    select exists (
      select from orders.timeline fact
      where fact.order_id = p_order_id and fact.data ->> 'shipmentId' = p_shipment_id
        and case
          when fact.type = 'shipment.delivered' then true
          when p_milestone = 'handed_over' then fact.type in ('shipment.handed_over',
            'shipment.exception', 'shipment.lost', 'shipment.returned_to_sender')
          when p_milestone = 'exception' and fact.type = 'shipment.exception' then not exists (
            select from orders.timeline scan
            where scan.order_id = p_order_id and scan.data ->> 'shipmentId' = p_shipment_id
              and scan.type = 'shipment.scanned' and scan.sequence > fact.sequence
              and scan.data ->> 'status' in ('in_transit', 'out_for_delivery')
          )
          else fact.type = 'shipment.' || p_milestone
        end
    )
  $$;
`;
