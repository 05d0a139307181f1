import type { Client } from 'pg';

/** The text of src/db/tables.ts, as a migrated database gives it. */
export function rowTypes(client: Client): Promise<string>;
