import type { Connection } from '@temporalio/client';
import { Client } from '@temporalio/client';
import type pg from 'pg';
import { carrierEventSignal } from '../../../src/workflows/messages.js';
import type { Arm } from '../arms.js';

/** A fact of a type that nobody has ever heard of. */
const unknownFact = [{ type: 'order.bewitched' }];

/**
 * Puts a message that nobody can read where the order hears from others: among the signals of its
 * workflow, or into its stream of events. Where neither is, one of its messages is garbled on its way.
 */
export async function poison(
  { arm, pool, connection }: { arm: Arm; pool: pg.Pool; connection: Connection | undefined },
  orderId: string,
): Promise<void> {
  if (arm.coordination === 'orchestrated') await poisonSignals(connection, orderId);
  else if (arm.hasLog) await poisonStream(pool, orderId);
}

async function poisonStream(pool: pg.Pool, orderId: string): Promise<void> {
  await pool.query(`select count(*) from orders.append($1, 'poison', $2, null, null)`, [
    orderId,
    JSON.stringify(unknownFact),
  ]);
}

/** Without anything in it. */
async function poisonSignals(connection: Connection | undefined, orderId: string): Promise<void> {
  if (connection === undefined) throw new Error('There is no Temporal');
  await new Client({ connection }).workflow.getHandle(orderId).signal(carrierEventSignal.name);
}
