import type { Ports } from '../activities/ports.js';
import { easypostCarrier } from '../adapters/easypost.js';
import { postgresDeliveryPartners } from '../adapters/postgres-delivery-partners.js';
import { postgresInventory } from '../adapters/postgres-inventory.js';
import { postgresJournal } from '../adapters/postgres-journal.js';
import { postgresLoyalty } from '../adapters/postgres-loyalty.js';
import { postgresOrderBook } from '../adapters/postgres-order-book.js';
import { smtpMailer } from '../adapters/smtp.js';
import { stripePayments } from '../adapters/stripe.js';
import type { WorkerConfig } from '../config.js';
import type { Database } from '../db/database.js';

const providerTimeoutMs = 10_000;

/** Where parcels start. */
const warehouse = {
  name: 'Warehouse',
  line1: '5 Dock Street',
  city: 'Hamburg',
  postalCode: '20457',
  country: 'DE',
};

/** The real counterparts of the activities' ports, and how to let go of them. */
export function createPorts(
  config: WorkerConfig,
  database: Database,
): { readonly ports: Ports; close(): void } {
  const mailer = smtpMailer({
    url: config.SMTP_URL,
    from: config.MAIL_FROM,
    timeoutMs: providerTimeoutMs,
  });
  return {
    ports: { ...ownPorts(database), ...providerPorts(config, database), mailer },
    close: () => {
      mailer.close();
    },
  };
}

const ownPorts = (database: Database) => ({
  journal: postgresJournal(database),
  inventory: postgresInventory(database),
  partners: postgresDeliveryPartners(database),
  loyalty: postgresLoyalty(database),
  orders: postgresOrderBook(database),
});

const providerPorts = (config: WorkerConfig, database: Database) => ({
  payments: stripePayments({
    apiKey: config.STRIPE_API_KEY,
    apiUrl: config.STRIPE_API_URL,
    timeoutMs: providerTimeoutMs,
  }),
  carrier: easypostCarrier({
    apiKey: config.EASYPOST_API_KEY,
    apiUrl: config.EASYPOST_API_URL,
    database,
    timeoutMs: providerTimeoutMs,
    shipFrom: warehouse,
  }),
});
