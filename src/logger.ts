import { pino, type Logger } from 'pino';

export type { Logger };

/** Fields that may carry personal data or secrets; a log line shows them as `[redacted]`. */
const redacted = [
  'customer',
  'contact',
  'email',
  'phone',
  'shipping_address',
  'payment_method',
  'req.headers.authorization',
  'req.headers.cookie',
];

/**
 * One JSON line per event on standard output.
 * @param role the process that speaks: `api`, `worker`, `relay`, `sandbox`
 */
export function createLogger(role: string, level: string): Logger {
  return pino({
    level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...redacted, ...redacted.map((f) => `*.${f}`)], censor: '[redacted]' },
  });
}
