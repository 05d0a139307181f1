import { sql, type Kysely, type Migration } from 'kysely';

/**
 * No order comes back from its end. A workflow task that timed out while its worker lives may still
 * write, behind the back of the task that has ended the order, what it takes for the latest state; and
 * nobody is left then to put it right.
 */
export const endedOrders: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create function orders.keep_end() returns trigger language plpgsql as $$
      begin
        new.status := old.status;
        new.stage := old.stage;
        new.payment_status := old.payment_status;
        new.fulfillment_status := old.fulfillment_status;
        new.status_since := old.status_since;
        return new;
      end $$;

      create trigger ended_orders_stay before update of status on orders.orders
        for each row when (
          old.status in ('delivered', 'cancelled', 'rejected', 'failed')
          and new.status not in ('delivered', 'cancelled', 'rejected', 'failed')
        ) execute function orders.keep_end();
    `.execute(db);
  },
};
