import type pg from 'pg';

/** Makes one team of those that hear of orders slow: each of its batches takes so long, in seconds. */
export async function slowTeam(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create function public.compare_slow() returns trigger language plpgsql as $$
    begin
      perform pg_sleep(0.5);
      return null;
    end $$;
    create trigger compare_slow after insert or update on analytics.orders
      for each statement execute function public.compare_slow();
  `);
}
