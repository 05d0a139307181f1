import { sql } from 'kysely';
import { endStatuses as statuses } from '../domain/order-state.js';

/** As literals, not as parameters: the planner matches them with partial indexes. */
export const endStatuses = sql`(${sql.join(statuses.map((status) => sql.lit(status)))})`;
