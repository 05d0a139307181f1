import { sql } from 'kysely';
import type { Database } from '../../../src/db/database.js';
import type { OrderId } from '../../../src/domain/ids.js';
import type { MishapKind } from '../schedule/orders.js';

/** What a service receives: that something happened to an order, and its place in the timeline. */
export interface Message {
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
}

/** A message that is reordered waits until another one has overtaken it. */
const fates: Readonly<Record<MishapKind | 'none', readonly [copies: number, delayMs: number]>> = {
  none: [1, 0],
  lost: [0, 0],
  doubled: [2, 0],
  reordered: [1, 400],
  delayed: [1, 2_000],
  garbled: [1, 0],
};

/** A broker that keeps its messages, in a table of its own. It knows no order and no duplicates. */
export class Bus {
  constructor(private readonly database: Database) {}

  async create(): Promise<void> {
    // Several processes may begin at once, and only one of them can create it.
    await sql`
      select pg_advisory_xact_lock(hashtext('naive_messages'));
      create table if not exists public.naive_messages (
        id bigint generated always as identity primary key,
        service text not null,
        message jsonb not null,
        due_at timestamptz not null
      );
      create index if not exists naive_messages_due on public.naive_messages (service, due_at);
    `.execute(this.database);
  }

  /** @param mishap what becomes of it on its way */
  async publish(
    message: Message,
    services: readonly string[],
    mishap: MishapKind | undefined,
  ): Promise<void> {
    const [count, delayMs] = fates[mishap ?? 'none'];
    if (services.length === 0 || count === 0) return;
    const text = JSON.stringify(mishap === 'garbled' ? {} : message);
    await sql`
      insert into public.naive_messages (service, message, due_at)
      select service, ${text}::jsonb,
        clock_timestamp() + ${delayMs} * interval '1 millisecond'
      from unnest(${services}::text[]) service, generate_series(1, ${count}::integer)
    `.execute(this.database);
  }

  /**
   * Hands a service its next message, and counts it as dealt with whatever the service does. A process
   * that dies meanwhile has not had it.
   * @returns false when there is none
   */
  take(service: string, handle: (message: Message) => Promise<void>): Promise<boolean> {
    return this.database.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ id: number; message: Message }>`
        select id, message from public.naive_messages
        where service = ${service} and due_at <= clock_timestamp()
        order by id limit 1 for update skip locked
      `.execute(transaction);
      const [next] = rows;
      if (next === undefined) return false;
      await handle(next.message);
      await sql`delete from public.naive_messages where id = ${next.id}`.execute(transaction);
      return true;
    });
  }

  /** Takes what the API has said out of the outbox; what services said has come here already. */
  async collect(): Promise<readonly Message[]> {
    const { rows } = await sql<Message>`
      with taken as (
        delete from orders.outbox where id in (
          select id from orders.outbox order by id limit 200 for update skip locked)
        returning id, order_id, sequence, type
      )
      select order_id as "orderId", sequence, type from taken
      where type in ('order.placed', 'order.cancel_requested', 'shipment.scanned') order by id
    `.execute(this.database);
    return rows;
  }
}
