import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Database } from '../db/database.js';
import { eventGauges, orderGauges } from './gauges.js';

export type Metrics = ReturnType<typeof createMetrics>;

const bucketsSeconds = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * A registry of its own, with the metrics of the process and of its HTTP requests.
 * @param database given when the figures of the orders shall be shown as well
 */
export function createMetrics(database?: Database) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: bucketsSeconds,
    registers: [registry],
  });
  const figures =
    database === undefined
      ? []
      : [orderGauges(registry, database), eventGauges(registry, database)];
  return {
    /** Measures every request that passes. */
    measure: measuring(duration),
    /** All metrics in Prometheus' text format. */
    read: async () => {
      await Promise.all(figures.map((refresh) => refresh()));
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
