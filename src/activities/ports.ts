import type { Carrier } from './ports/carrier.js';
import type { DeliveryPartners } from './ports/delivery-partners.js';
import type { Inventory } from './ports/inventory.js';
import type { Journal } from './ports/journal.js';
import type { Loyalty } from './ports/loyalty.js';
import type { Codes, Mailer, Texter } from './ports/messages.js';
import type { OrderBook, Shop } from './ports/orders.js';
import type { PaymentGateway } from './ports/payments.js';
import type { Recommendations } from './ports/recommendations.js';
import type { Exchanges, ReturnBook } from './ports/returns.js';

export type * from './ports/journal.js';
export type * from './ports/inventory.js';
export type * from './ports/payments.js';
export type * from './ports/carrier.js';
export type * from './ports/messages.js';
export type * from './ports/delivery-partners.js';
export type * from './ports/loyalty.js';
export type * from './ports/orders.js';
export type * from './ports/recommendations.js';
export type * from './ports/returns.js';

/**
 * What the activities need from the world, in the domain's words. Adapters implement these.
 * An expected outcome is a returned value. An adapter throws `ProviderUnavailable` for what
 * may work later and `ProviderRefused` for what never will (domain/failures.ts); anything else it throws is
 * treated as a passing fault.
 */
export interface Ports {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly payments: PaymentGateway;
  readonly carrier: Carrier;
  readonly mailer: Mailer;
  readonly texter: Texter;
  readonly codes: Codes;
  readonly partners: DeliveryPartners;
  readonly loyalty: Loyalty;
  readonly orders: OrderBook;
  readonly shop: Shop;
  readonly returns: ReturnBook;
  readonly exchanges: Exchanges;
  readonly recommendations?: Recommendations;
}
