import type { Database } from '../db/database.js';
import type { Logger } from '../logger.js';
import type { ShopTerms } from './accept-order.js';
import type { EventStreams } from './event-streams.js';
import type { Team } from '../events/team.js';
import type { WebhookRules } from '../events/webhooks/settings.js';
import type { Metrics } from './metrics.js';
import type { OrderWorkflows } from '../temporal/order-workflows.js';
import type { OrderWaiters } from './order-waiters.js';

interface ApiSettings extends ShopTerms {
  /** Digests one-time codes; the same as the workers'. */
  readonly codeSecret: string;
  /** Returns of goods of at least this worth, in minor units, wait for a person. */
  readonly returnApprovalAmountMinor: number;
  readonly paymentWebhookSecret: string;
  readonly carrierWebhookSecret: string;
  /** For webhooks to others. */
  readonly webhooks: WebhookRules;
}

/** What the app is made of. Who makes these also stops them. */
export interface ApiDependencies {
  readonly database: Database;
  readonly workflows: OrderWorkflows;
  readonly waiters: OrderWaiters;
  readonly streams: EventStreams;
  /** Those whose pages are shown. */
  readonly teams: readonly Team[];
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly settings: ApiSettings;
  /** False from the moment the process begins to stop. */
  readonly isOpen: () => boolean;
}
