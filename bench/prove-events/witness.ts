import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';

interface WitnessRules {
  /** One order in so many is refused by two teams, in the first seconds after it was placed. */
  readonly refusedOneIn: number;
  /** Claims on deliveries end after this time at the latest. */
  readonly leaseMs: number;
}

/** A schema beside the service's: it notes what the service forgets, and makes consumers refuse. */
export async function placeWitness(database: Database, rules: WitnessRules): Promise<void> {
  // Functions of the database get no parameters: the rules are written into them.
  const refusedOneIn = sql.raw(String(rules.refusedOneIn));
  const leaseMs = sql.raw(String(rules.leaseMs));
  await sql`
    create schema proof;
    -- The outbox is emptied; here it stays which number each fact had drawn there.
    create table proof.facts (
      order_id text, sequence integer, id bigint, primary key (order_id, sequence));
    create function proof.note() returns trigger language plpgsql as $$
    begin
      insert into proof.facts select order_id, sequence, id from fresh;
      return null;
    end $$;
    create trigger proof_noted after insert on orders.outbox referencing new table as fresh
      for each statement execute function proof.note();

    create sequence proof.parkings;
    create function proof.count_parking() returns trigger language plpgsql as $$
    begin
      perform nextval('proof.parkings');
      return null;
    end $$;
    create trigger proof_counted after insert on events.quarantined
      for each row execute function proof.count_parking();

    -- By the order and its age, so that its events are refused again and again, and taken in the end.
    create function proof.refuse() returns trigger language plpgsql as $$
    begin
      if abs(hashtext(new.order_id)) % ${refusedOneIn} = 0
          and exists (select from orders.orders where id = new.order_id
            and created_at > clock_timestamp() - interval '4 seconds') then
        raise exception 'The team refuses %', new.order_id;
      end if;
      return new;
    end $$;
    create trigger proof_refused before insert or update on seller_portal.orders
      for each row execute function proof.refuse();
    create trigger proof_refused before insert or update on analytics.orders
      for each row execute function proof.refuse();

    create function proof.shorten() returns trigger language plpgsql as $$
    begin
      new.claimed_until := least(new.claimed_until,
        clock_timestamp() + ${leaseMs} * interval '1 millisecond');
      return new;
    end $$;
    create trigger proof_shortened before update on events.webhook_deliveries
      for each row execute function proof.shorten();
  `.execute(database);
}
