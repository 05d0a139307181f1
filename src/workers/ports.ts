import type { Ports, Texter, Shop, Recommendations } from '../activities/ports.js';
import { easypostCarrier } from '../adapters/easypost.js';
import { postgresCodes } from '../adapters/postgres-codes.js';
import { postgresDeliveryPartners } from '../adapters/postgres-delivery-partners.js';
import { postgresInventory } from '../adapters/postgres-inventory.js';
import { postgresExchanges } from '../adapters/postgres-exchanges.js';
import { postgresJournal } from '../adapters/postgres-journal.js';
import { postgresLoyalty } from '../adapters/postgres-loyalty.js';
import { postgresOrderBook } from '../adapters/postgres-order-book.js';
import { postgresReturns } from '../adapters/postgres-returns.js';
import { smtpMailer } from '../adapters/smtp.js';
import { stripePayments } from '../adapters/stripe.js';
import { providerCallMs } from '../adapters/time-limits.js';
import { noTexter, twilioTexter } from '../adapters/twilio.js';
import type { PortsConfig } from '../config.js';
import { type Database, allRows } from '../db/database.js';
import type { Team } from '../events/team.js';
import { findTeams } from '../events/teams.js';

/** The real counterparts of the activities' ports, and how to let go of them. */
export function createPorts(
  config: PortsConfig,
  database: Database,
): { readonly ports: Ports; close(): void } {
  const mailer = smtpMailer({
    url: config.SMTP_URL,
    from: config.MAIL_FROM,
    timeoutMs: providerCallMs,
  });
  return {
    ports: {
      ...ownPorts(config, database),
      ...providerPorts(config, database),
      mailer,
    },
    close: () => {
      mailer.close();
    },
  };
}

/** Those that keep their books in our own database, and may be a part of a larger transaction. */
export const ownPorts = (config: PortsConfig, database: Database) => ({
  journal: postgresJournal(database),
  inventory: postgresInventory(database),
  partners: postgresDeliveryPartners(database),
  loyalty: postgresLoyalty(database),
  codes: postgresCodes(database, config.ORDER_CODE_SECRET),
  orders: postgresOrderBook(database),
  returns: postgresReturns(database),
  exchanges: postgresExchanges(database),
  shop: shopOf(config),
  recommendations: teamRecommendations(database),
});

const providerPorts = (config: PortsConfig, database: Database) => ({
  payments: stripePayments({
    apiKey: config.STRIPE_API_KEY,
    apiUrl: config.STRIPE_API_URL,
    timeoutMs: providerCallMs,
  }),
  texter: texterOf(config),
  carrier: easypostCarrier({
    apiKey: config.EASYPOST_API_KEY,
    apiUrl: config.EASYPOST_API_URL,
    database,
    timeoutMs: providerCallMs,
  }),
});

function texterOf(config: PortsConfig): Texter {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, TWILIO_API_URL } = config;
  if (!TWILIO_ACCOUNT_SID || !TWILIO_AUTH_TOKEN || !TWILIO_FROM) return noTexter;
  return twilioTexter({
    accountSid: TWILIO_ACCOUNT_SID,
    authToken: TWILIO_AUTH_TOKEN,
    from: TWILIO_FROM,
    apiUrl: TWILIO_API_URL,
    timeoutMs: providerCallMs,
  });
}

/** The shop as the sender of its mails has it: `Name <address>`, or an address alone. */
export function shopOf({ MAIL_FROM, MAIL_STAFF_TO, ORDER_PAGE_URL }: PortsConfig): Shop {
  const [, name = '', address = MAIL_FROM] = /^\s*(.*?)\s*<([^>]+)>\s*$/.exec(MAIL_FROM) ?? [];
  return {
    name: name === '' ? address : name.replaceAll('"', ''),
    staffEmail: MAIL_STAFF_TO ?? address,
    orderPage: (orderId) => ORDER_PAGE_URL?.replaceAll('{order_id}', orderId),
  };
}

/** What the team that recommends something says, in our products' titles; nothing without one. */
export function teamRecommendations(
  database: Database,
  find: () => Promise<readonly Team[]> = findTeams,
): Recommendations {
  let teams: Promise<readonly Team[]> | undefined;
  return {
    suggest: async (orderId, limit) => {
      teams ??= find();
      const recommend = (await teams).find((team) => team.recommend !== undefined)?.recommend;
      if (recommend === undefined) return [];
      const skus = await recommend(database, orderId, limit);
      return skus.length === 0 ? [] : productTitles(database, skus);
    },
  };
}

/** The titles of those of the SKUs that we sell, in the order of the SKUs. */
const productTitles = (database: Database, skus: readonly string[]) => allRows<{
  sku: string;
  title: string;
}>(database)`
    select sku, title from orders.products where sku = any(${skus})
    order by array_position(${skus}::text[], sku)`;
