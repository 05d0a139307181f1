import type { Database } from '../db/database.js';
import type { Dispatch } from '../db/tables.js';
import type { Logger } from '../logger.js';
import type { Metrics } from './metrics.js';
import type { OrderWorkflows } from './order-workflows.js';
import type { TemporalUi } from './representation.js';
import type { Settlements } from './settlement.js';

interface ApiSettings {
  readonly dispatch: Dispatch;
  readonly paymentWebhookSecret: string;
  readonly carrierWebhookSecret: string;
  /** Given when orders shall link to their workflow. */
  readonly temporalUi?: TemporalUi | undefined;
}

/** What the app is made of. Whoever makes these also stops them. */
export interface ApiDependencies {
  readonly database: Database;
  readonly workflows: OrderWorkflows;
  readonly settlements: Settlements;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly settings: ApiSettings;
  /** False from the moment the process begins to stop. */
  readonly isOpen: () => boolean;
}
