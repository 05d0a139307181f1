import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../db/database.js';
import { sumCompensations, sumOpenAttention, sumWaitingMessages } from '../db/order-figures.js';
import { attentionKinds, attentionReasons } from '../domain/attention.js';
import { undoNames } from '../domain/saga.js';
import { readEventLag, type EventLag } from '../events/lag.js';
import { withinOr } from '../runtime/deadline.js';

export type Metrics = ReturnType<typeof createMetrics>;

const bucketsSeconds = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A registry of its own: the metrics of the process, of its HTTP requests, and of all orders. */
export function createMetrics(database: Database) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: bucketsSeconds,
    registers: [registry],
  });
  const refreshes = [
    gaugesIn(registry, orderFigures, () => readOrderFigures(database), {
      name: 'orders_figures_readable',
      help: 'Whether the figures of undos and attention items could be read.',
    }),
    gaugesIn(registry, eventFigures, () => readEventLag(database), {
      name: 'orders_event_figures_readable',
      help: 'Whether the figures of events and consumers could be read.',
    }),
  ];
  return {
    /** Measures every request that passes. */
    measure: measuring(duration),
    /** All metrics in Prometheus' text format. */
    read: async () => {
      await Promise.all(refreshes.map((refresh) => refresh()));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

const measuring =
  (duration: Histogram<'method' | 'route' | 'status'>): RequestHandler =>
  (request, response, next) => {
    const end = duration.startTimer();
    response.once('finish', () => {
      // The pattern, not the path: each order's own path would be a time series of its own.
      const route = (request.route as { path?: string } | undefined)?.path ?? 'unmatched';
      end({ method: request.method, route, status: response.statusCode });
    });
    next();
  };

type Series = readonly [value: number, labels: Readonly<Record<string, string>>];

/** By name and labels. Of two values with the same labels the later one counts. */
type Figures<Read> = Readonly<
  Record<string, readonly [help: string, (read: Read) => number | readonly Series[]]>
>;

/** Far below the time limits of those who scrape. */
const readLimitMs = 2_000;

/** @returns what brings the gauges up to date; what cannot be read is left out, and `readable` is 0 */
function gaugesIn<Read>(
  registry: Registry,
  figures: Figures<Read>,
  read: () => Promise<Read>,
  readable: { readonly name: string; readonly help: string },
): () => Promise<void> {
  const registers = [registry];
  const isReadable = new Gauge({ ...readable, registers });
  const gauges = Object.entries(figures).map(([signature, [help, valueOf]]) => {
    const [name = '', ...labelNames] = signature.match(/\w+/g) ?? [];
    return { gauge: new Gauge({ name, help, labelNames, registers }), valueOf };
  });
  return async () => {
    const reading = read().catch(() => undefined);
    const seen = await withinOr(reading, readLimitMs, () => undefined);
    isReadable.set(seen === undefined ? 0 : 1);
    for (const { gauge, valueOf } of gauges) {
      gauge.reset();
      const value = seen === undefined ? [] : valueOf(seen);
      if (typeof value === 'number') gauge.set(value);
      else for (const [one, labels] of value) gauge.set(labels, one);
    }
  };
}

/** Every undo and reason has its series, also at zero: an alert needs a line to look at. */
async function readOrderFigures(database: Database) {
  const [sums, open, messages] = await Promise.all([
    sumCompensations(database),
    sumOpenAttention(database),
    sumWaitingMessages(database),
  ]);
  const none = { started: 0, done: 0, failed: 0, open: 0, oldestAgeSeconds: 0 };
  return {
    undos: [...undoNames.map((undo) => ({ undo, ...none })), ...sums],
    items: [
      ...attentionReasons.map((reason) => ({ reason, ...attentionKinds[reason], ...none })),
      ...open,
    ],
    messages,
  };
}

/** What the database knows of undos and of work for people. */
const orderFigures: Figures<Awaited<ReturnType<typeof readOrderFigures>>> = {
  'orders_compensations{undo,state}': [
    'Undos: started and done of the last 24 hours; failed, of any age, until they are done.',
    ({ undos }) =>
      undos.flatMap(({ undo, ...sums }) =>
        (['started', 'done', 'failed'] as const).map((state) => [sums[state], { undo, state }]),
      ),
  ],
  'orders_compensation_oldest_age_seconds{undo}': [
    'The age of the oldest undo that is not done; 0 when all are.',
    ({ undos }) => undos.map(({ undo, oldestAgeSeconds }) => [oldestAgeSeconds, { undo }]),
  ],
  'orders_attention_open{reason,owner}': [
    'Attention items that nobody has resolved.',
    ({ items }) => items.map(({ reason, owner, open }) => [open, { reason, owner }]),
  ],
  'orders_attention_oldest_age_seconds{reason,owner}': [
    'The age of the oldest attention item that nobody has resolved; 0 when there is none.',
    ({ items }) =>
      items.map(({ reason, owner, oldestAgeSeconds }) => [oldestAgeSeconds, { reason, owner }]),
  ],
  orders_messages_waiting: [
    'Messages that their workflow has not taken yet.',
    ({ messages }) => messages.waiting,
  ],
  orders_messages_oldest_age_seconds: [
    'The age of the oldest of these; 0 when there is none.',
    ({ messages }) => messages.oldestAgeSeconds,
  ],
};

/** Every installation has the consumer of webhooks. */
const consumersIn = ({ consumers }: EventLag) => [
  { consumer: 'webhooks', events: 0, seconds: 0 },
  ...consumers,
];

const byState = (counts: object): readonly Series[] =>
  Object.entries(counts).map(([state, count]) => [Number(count), { state }]);

/** How far events are behind what orders have committed. */
const eventFigures: Figures<EventLag> = {
  orders_outbox_waiting: ['Facts that are committed and not published.', ({ waiting }) => waiting],
  orders_outbox_oldest_age_seconds: [
    'The age of the oldest fact that could be published and is not; 0 when there is none.',
    ({ oldestSeconds }) => oldestSeconds,
  ],
  orders_outbox_held_orders: [
    'Orders whose next fact cannot be published.',
    ({ heldOrders }) => heldOrders,
  ],
  orders_events_position: ['How many events were published ever.', ({ position }) => position],
  'orders_consumer_lag_events{consumer}': [
    'Events that the consumer has not read.',
    (lag) => consumersIn(lag).map(({ consumer, events }) => [events, { consumer }]),
  ],
  'orders_consumer_lag_seconds{consumer}': [
    'How long the first of these has been published; 0 when there is none.',
    (lag) => consumersIn(lag).map(({ consumer, seconds }) => [seconds, { consumer }]),
  ],
  'orders_consumer_parked_events{consumer,state}': [
    'Events that the consumer refused (retrying, dead) and those held back behind them.',
    (lag) => [
      ...consumersIn(lag).flatMap(({ consumer }) =>
        ['retrying', 'held', 'dead'].map((state): Series => [0, { consumer, state }]),
      ),
      ...lag.quarantined.map(({ events, ...labels }): Series => [events, labels]),
    ],
  ],
  'orders_webhook_deliveries{state}': [
    'Webhooks to be sent (waiting), and those whose tries are used up (dead).',
    ({ webhooks }) => byState(webhooks.deliveries),
  ],
  'orders_webhook_endpoints{state}': [
    'Webhook endpoints: enabled (of these with an open circuit: open), disabled.',
    ({ webhooks }) => byState(webhooks.endpoints),
  ],
};
