import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { carrierEventSignal } from '../../src/workflows/messages.js';
import type { Stack } from '../harness/stack.js';
import { offerProducts } from '../mix.js';
import type { Cell } from './cell.js';
import type { DisturbanceKind, Line } from './schedule/plans.js';

const pauseMs = 2_000;
const redelivered = 'update events.groups set position = greatest(0, position - 40)';

/** A variant without the victim is left alone: what needs one is not applicable there. */
export async function disturb(kind: DisturbanceKind, stack: Stack, cell: Cell): Promise<void> {
  const { system, variant } = cell;
  const { broker, stepRole, hasLog } = variant;
  switch (kind) {
    case 'restart_broker':
      return broker && system.process(broker).kill(0);
    case 'restart_engine':
      return stack.temporal?.kill(0);
    case 'restart_database':
      return stack.postgres.kill(0);
    case 'new_version':
      return system.process(stepRole).renew();
    case 'pause_broker':
      return broker && system.process(broker).pause(pauseMs);
    case 'redeliver':
      if (hasLog) await system.pool.query(redelivered);
      return;
    case 'mute_notifications':
      if (hasLog) await muteNotifications(system.pool);
  }
}

const breakMs = 200;
const breaks = 10;

/** The publisher is not woken any more, and listeners lose their connection again and again. */
async function muteNotifications(pool: pg.Pool): Promise<void> {
  await pool.query('alter table orders.outbox disable trigger outbox_notifies');
  for (let number = 0; number < breaks; number += 1) {
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'LISTEN%'`);
    await sleep(breakMs);
  }
}

/**
 * Puts a message that nobody can read where the order gets its messages: among the signals of its
 * workflow, or into its stream of events. Where neither is, one of its messages is garbled on its way.
 */
export async function poison({ variant, system }: Cell, orderId: string): Promise<void> {
  if (variant.coordination === 'orchestrated') {
    // Without the data that the signal has to have.
    await system.client.workflow.getHandle(orderId).signal(carrierEventSignal.name);
  } else if (variant.hasLog) {
    const facts = JSON.stringify([{ type: 'order.bewitched' }]);
    const append = `select count(*) from orders.append($1, 'poison', $2, null, null)`;
    await system.pool.query(append, [orderId, facts]);
  }
}

/** Each batch of one team's events takes half a second. */
export async function slowDownTeam(pool: pg.Pool): Promise<void> {
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

export async function putOnSale(pool: pg.Pool, { sku, quantity }: Line): Promise<void> {
  await offerProducts(pool, [sku]);
  await pool.query(`select inventory.book('receipt', $1, 'wh_hamburg', $2, null)`, [sku, quantity]);
}
