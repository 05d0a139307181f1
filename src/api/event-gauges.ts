import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../db/database.js';
import { readEventLag, type EventLag, type WebhookFigures } from '../events/lag.js';
import { withinOr } from '../runtime/deadline.js';

/** Far below the patience of whoever scrapes. */
const readLimitMs = 2_000;

const quarantineStates = ['retrying', 'held', 'dead'] as const;

/** The consumer that every installation has: an alert needs a line to look at from the first day. */
const standingConsumer = { consumer: 'webhooks', events: 0, seconds: 0 };

/**
 * How far events are behind what orders have committed, as gauges.
 * @returns `refresh`, to be called before the registry is read; never throws. Figures that cannot be
 *   read are left out, and `orders_event_figures_readable` is 0.
 */
export function eventGauges(registry: Registry, database: Database): { refresh(): Promise<void> } {
  const gauges = gaugesIn(registry);
  return {
    refresh: async () => {
      const reading = readEventLag(database).catch(() => undefined);
      const lag = await withinOr(reading, readLimitMs, () => undefined);
      gauges.readable.set(lag === undefined ? 0 : 1);
      for (const gauge of Object.values(gauges.figures)) gauge.reset();
      if (lag !== undefined) show(gauges.figures, lag);
    },
  };
}

function gaugesIn(registry: Registry) {
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ) => new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    readable: gauge(
      'orders_event_figures_readable',
      'Whether the figures of events and consumers could be read.',
    ),
    figures: {
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
    },
  };
}

type Figures = ReturnType<typeof gaugesIn>['figures'];

function show(figures: Figures, lag: EventLag): void {
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
  showWebhooks(figures, lag.webhooks);
}

function showWebhooks(figures: Figures, { deliveries, endpoints }: WebhookFigures): void {
  for (const [state, count] of Object.entries(deliveries)) figures.deliveries.set({ state }, count);
  for (const [state, count] of Object.entries(endpoints)) figures.endpoints.set({ state }, count);
}
