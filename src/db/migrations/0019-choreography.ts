import { sql, type Kysely, type Migration } from 'kysely';

/** What orders need that no workflow leads. */
export const choreography: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await weakerLock.execute(db);
    await indexes.execute(db);
  },
};

/**
 * Several services write about one order at a time. The lock on its row still lets one at a time
 * append, and no longer keeps out rows that only refer to the order, such as its shipments: two
 * services that each had made such a row and then appended would wait for each other for ever.
 */
const weakerLock = sql`
  do $$
  declare
    writer regprocedure;
  begin
    foreach writer in array array[
      'orders.append(text, text, jsonb, integer, jsonb)'::regprocedure,
      'orders.write(text, text, jsonb, integer, jsonb)'::regprocedure
    ] loop
      execute replace(pg_get_functiondef(writer), 'for update', 'for no key update');
    end loop;
  end $$;
`;

const indexes = sql`
  create index delivery_offers_untold on orders.delivery_offers (until)
    where told_at is null and until is not null;
`;
