import type { Client, WorkflowHandle } from '@temporalio/client';
import type pg from 'pg';
import { sumOf } from './harness/statistics.js';
import { endingOf, finalFacts } from './mix.js';
import type { Run, Trip } from './report.js';

export async function timelinesOf(pool: pg.Pool, trips: readonly Trip[]) {
  const orderIds = trips.map(({ orderId }) => orderId);
  const { rows } = await pool.query<Milestones>(milestones, [orderIds, finalFacts]);
  const found = new Map(rows.map((row) => [row.id, row]));
  const { rows: early } = await pool.query<{ count: number }>(earlyWebhooks, [orderIds]);
  return {
    trips: trips.map((trip): Trip => ({ ...trip, ...since(trip, found.get(trip.orderId)) })),
    timelineEntries: sumOf(rows.map(({ entries }) => entries)),
    earlyWebhooks: early[0]?.count ?? 0,
  };
}

interface Milestones {
  readonly id: string;
  readonly entries: number;
  readonly confirmedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly facts: readonly string[];
}

const milestones = `select /* bench */ order_id as id, count(*)::float8 as entries,
    1000 * extract(epoch from min(at) filter (where type = 'order.confirmed'))::float8
      as "confirmedAtMs",
    1000 * extract(epoch from max(at) filter (where type = any($2)))::float8 as "endedAtMs",
    array_agg(type) as facts
  from orders.timeline where order_id = any($1) group by order_id`;

/** The relay waits some seconds before it takes such a webhook, so a slow receiver is none. */
const earlyWebhooks = `select /* bench */ count(*)::float8 as count from orders.messages m
    join orders.timeline scan on scan.order_id = m.order_id and scan.entry_key = m.id
    where m.order_id = any($1) and scan.at > m.created_at + interval '4 seconds'`;

function since({ sentAtMs, path }: Trip, row: Milestones | undefined) {
  const ending = endingOf(path ?? 'plain', row?.facts ?? []);
  const after = (atMs: number | null = null) => (atMs === null ? undefined : atMs - sentAtMs);
  return {
    confirmedAfterMs: after(row?.confirmedAtMs),
    endedAfterMs: ending && after(row?.endedAtMs),
    ending: path && ending,
  };
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** Of some orders, spread evenly. @param orders the workflows of each: its own, and its returns */
export async function historyFigures(
  client: Client,
  orders: readonly (readonly string[])[],
  sampleSize: number,
): Promise<Pick<Run, 'historyEvents' | 'billableActions'>> {
  const stride = Math.max(1, Math.floor(orders.length / sampleSize));
  const sample = orders.filter((_ids, index) => index % stride === 0).slice(0, sampleSize);
  const historyEvents: number[] = [];
  const actions: number[] = [];
  for (const workflowIds of sample) {
    const histories = await Promise.all(
      workflowIds.map((workflowId) => client.workflow.getHandle(workflowId).fetchHistory()),
    );
    const all = histories.flatMap(({ events }) => events ?? []);
    historyEvents.push(all.length);
    actions.push(billableActions(all));
  }
  return { historyEvents, billableActions: actions };
}

/**
 * What Temporal Cloud would bill: the start, each signal, timer, update and change of search
 * attributes, each start of an activity and each retry.
 */
export const billableActions = (events: readonly HistoryEvent[]): number =>
  sumOf(events.map((event) => Number(isOneAction(event)) + retriesOf(event)));

const isOneAction = (event: HistoryEvent): boolean =>
  [
    event.workflowExecutionStartedEventAttributes,
    event.workflowExecutionSignaledEventAttributes,
    event.workflowExecutionUpdateAcceptedEventAttributes,
    event.timerStartedEventAttributes,
    event.activityTaskScheduledEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
  ].some((attributes) => attributes != null);

const retriesOf = ({ activityTaskStartedEventAttributes: started }: HistoryEvent): number =>
  Math.max(0, (started?.attempt ?? 1) - 1);
