import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../db/database.js';
import { sumCompensations, sumOpenAttention } from '../db/order-figures.js';
import { attentionKinds, attentionReasons } from '../domain/attention.js';
import { undoOf, type UndoName } from '../domain/saga.js';
import { readEventLag, type EventLag } from '../events/lag.js';
import { withinOr } from '../runtime/deadline.js';

/** Far below the time limits of those who scrape. */
const readLimitMs = 2_000;

const undoNames = Object.values(undoOf).filter((undo): undo is UndoName => undo !== null);
const compensationStates = ['started', 'done', 'failed'] as const;
const quarantineStates = ['retrying', 'held', 'dead'] as const;

/** The consumer that every installation has. */
const standingConsumer = { consumer: 'webhooks', events: 0, seconds: 0 };

/** To be called before the registry is read; never throws. */
type Refresh = () => Promise<void>;

/** Figures that cannot be read are left out, and `readable` is 0. */
const refreshing =
  <Read>(
    readable: Gauge,
    figures: Readonly<Record<string, { reset(): void }>>,
    read: () => Promise<Read>,
    show: (figures: Read) => void,
  ): Refresh =>
  async () => {
    const reading = read().catch(() => undefined);
    const seen = await withinOr(reading, readLimitMs, () => undefined);
    readable.set(seen === undefined ? 0 : 1);
    for (const gauge of Object.values(figures)) gauge.reset();
    if (seen !== undefined) show(seen);
  };

const gaugeIn =
  (registry: Registry) =>
  <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

/** What the database knows of undos and of work for people. */
export function orderGauges(registry: Registry, database: Database): Refresh {
  const gauge = gaugeIn(registry);
  const readable = gauge(
    'orders_figures_readable',
    'Whether the figures of undos and attention items could be read.',
  );
  const figures = {
    compensations: gauge(
      'orders_compensations',
      'Undos: started and done of the last 24 hours; failed, of any age, until they are done.',
      ['undo', 'state'],
    ),
    oldestCompensation: gauge(
      'orders_compensation_oldest_age_seconds',
      'The age of the oldest undo that is not done; 0 when all are.',
      ['undo'],
    ),
    attention: gauge('orders_attention_open', 'Attention items that nobody has resolved.', [
      'reason',
      'owner',
    ]),
    oldestAttention: gauge(
      'orders_attention_oldest_age_seconds',
      'The age of the oldest attention item that nobody has resolved; 0 when there is none.',
      ['reason', 'owner'],
    ),
  };
  const read = () => Promise.all([sumCompensations(database), sumOpenAttention(database)]);
  // Every undo and reason has its series, also at zero: an alert needs a line to look at.
  return refreshing(readable, figures, read, ([compensations, attention]) => {
    for (const undo of undoNames) {
      const sum = compensations.find((one) => one.undo === undo);
      for (const state of compensationStates) {
        figures.compensations.set({ undo, state }, sum?.[state] ?? 0);
      }
      figures.oldestCompensation.set({ undo }, sum?.oldestAgeSeconds ?? 0);
    }
    const none = attentionReasons.map((reason) => {
      return { reason, owner: attentionKinds[reason].owner, open: 0, oldestAgeSeconds: 0 };
    });
    for (const { reason, owner, open, oldestAgeSeconds } of [...none, ...attention]) {
      figures.attention.set({ reason, owner }, open);
      figures.oldestAttention.set({ reason, owner }, oldestAgeSeconds);
    }
  });
}

/** How far events are behind what orders have committed. */
export function eventGauges(registry: Registry, database: Database): Refresh {
  const figures = eventFigures(registry);
  const readable = gaugeIn(registry)(
    'orders_event_figures_readable',
    'Whether the figures of events and consumers could be read.',
  );
  const read = () => readEventLag(database);
  return refreshing(readable, figures, read, (lag) => {
    showLag(figures, lag);
  });
}

function eventFigures(registry: Registry) {
  const gauge = gaugeIn(registry);
  return {
    waiting: gauge('orders_outbox_waiting', 'Facts that are committed and not published.'),
    oldest: gauge(
      'orders_outbox_oldest_age_seconds',
      'The age of the oldest fact that could be published and is not; 0 when there is none.',
    ),
    held: gauge('orders_outbox_held_orders', 'Orders whose next fact cannot be published.'),
    position: gauge('orders_events_position', 'How many events were published ever.'),
    lagEvents: gauge('orders_consumer_lag_events', 'Events that the consumer has not read.', [
      'consumer',
    ]),
    lagSeconds: gauge(
      'orders_consumer_lag_seconds',
      'How long the first of these has been published; 0 when there is none.',
      ['consumer'],
    ),
    quarantined: gauge(
      'orders_consumer_parked_events',
      'Events that the consumer refused (retrying, dead) and those held back behind them.',
      ['consumer', 'state'],
    ),
    deliveries: gauge(
      'orders_webhook_deliveries',
      'Webhooks to be sent (waiting), and those whose tries are used up (dead).',
      ['state'],
    ),
    endpoints: gauge(
      'orders_webhook_endpoints',
      'Webhook endpoints: enabled (of these with an open circuit: open), disabled.',
      ['state'],
    ),
  };
}

function showLag(figures: ReturnType<typeof eventFigures>, lag: EventLag): void {
  figures.waiting.set(lag.waiting);
  figures.oldest.set(lag.oldestSeconds);
  figures.held.set(lag.heldOrders);
  figures.position.set(lag.position);
  for (const { consumer, events, seconds } of [standingConsumer, ...lag.consumers]) {
    figures.lagEvents.set({ consumer }, events);
    figures.lagSeconds.set({ consumer }, seconds);
    for (const state of quarantineStates) figures.quarantined.set({ consumer, state }, 0);
  }
  for (const { consumer, state, events } of lag.quarantined) {
    figures.quarantined.set({ consumer, state }, events);
  }
  for (const name of ['deliveries', 'endpoints'] as const) {
    for (const [state, count] of Object.entries(lag.webhooks[name])) {
      figures[name].set({ state }, count);
    }
  }
}
