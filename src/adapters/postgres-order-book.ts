import { sql } from 'kysely';
import type { OrderBook, OrderDetails, OrderedLine, PostalAddress } from '../activities/ports.js';
import type { NewContact } from '../db/acceptance.js';
import { firstRow, type Database } from '../db/database.js';
import { ProviderRefused } from '../domain/failures.js';
import type { OrderId } from '../domain/ids.js';
import { money, type Currency } from '../domain/money.js';
import { applyAddress, applyPaymentMethod } from '../db/staged-changes.js';
import { ask } from './postgres-errors.js';

interface OrderRow extends Omit<NewContact, 'customerName' | 'postalCode' | 'paymentMethod'> {
  readonly customer_id: string;
  readonly customer_name: string;
  readonly postal_code: string;
  readonly payment_method: string;
  readonly currency: Currency;
  readonly total_minor: number;
  readonly shipping_minor: number;
  readonly lines: readonly OrderedLine[];
}

/** What the workflow does not carry, in one statement. Steps that ask side by side share one. */
export function postgresOrderBook(database: Database): OrderBook {
  const asking = new Map<OrderId, Promise<OrderDetails>>();
  return {
    find: (orderId) => {
      const asked = asking.get(orderId);
      if (asked !== undefined) return asked;
      const answer = find(database, orderId).finally(() => asking.delete(orderId));
      asking.set(orderId, answer);
      return answer;
    },
    warehouse: (warehouseId) => warehouse(database, warehouseId),
    changeAddress: async (orderId, changeId, mayReprice) => {
      const applied = await ask(() => applyAddress(database, orderId, changeId, mayReprice));
      if (applied === undefined) throw unknownChange(changeId);
      if (applied.kind === 'price_would_change') return applied;
      const { currency, shippingMinor, totalMinor } = applied;
      const [shipping, total] = [money(shippingMinor, currency), money(totalMinor, currency)];
      return { kind: 'changed', shipping, total };
    },
    changePaymentMethod: async (orderId, changeId) => {
      const isKnown = await ask(() => applyPaymentMethod(database, orderId, changeId));
      if (!isKnown) throw unknownChange(changeId);
    },
  };
}

const unknownChange = (changeId: string) => new ProviderRefused(`There is no change ${changeId}`);

async function find(database: Database, orderId: OrderId): Promise<OrderDetails> {
  const row = await ask(async () => {
    const { rows } = await sql<OrderRow>`
        select o.customer_id, o.currency, o.total_minor, o.shipping_minor, contact.*, (
          select json_agg(json_build_object(
            'sku', line.sku, 'title', line.title, 'quantity', line.quantity,
            'unitPrice', json_build_object(
              'amountMinor', line.unit_price_minor, 'currency', o.currency),
            'weightGrams', line.weight_grams,
            'seller', json_build_object(
              'id', seller.id, 'name', seller.name, 'email', seller.email)
          ) order by line.line_number)
          from orders.lines line join orders.sellers seller on seller.id = line.seller_id
          where line.order_id = o.id
        ) as lines
        from orders.orders o join orders.contacts contact on contact.order_id = o.id
        where o.id = ${orderId}
      `.execute(database);
    return rows[0];
  });
  if (row === undefined) throw new ProviderRefused(`There is no order ${orderId}`);
  return detailsOf(orderId, row);
}

const detailsOf = (orderId: OrderId, row: OrderRow): OrderDetails => ({
  orderId,
  customer: {
    id: row.customer_id,
    name: row.customer_name,
    email: row.email,
    ...(row.phone !== null && { phone: row.phone }),
    member: row.member,
  },
  shippingAddress: {
    name: row.recipient,
    line1: row.line1,
    ...(row.line2 !== null && { line2: row.line2 }),
    city: row.city,
    postalCode: row.postal_code,
    country: row.country,
  },
  paymentMethod: row.payment_method,
  total: money(row.total_minor, row.currency),
  shipping: money(row.shipping_minor, row.currency),
  lines: row.lines,
});

/** @returns the address that parcels of the warehouse start from */
async function warehouse(database: Database, warehouseId: string): Promise<PostalAddress> {
  const row = await ask(
    () => firstRow<PostalAddress>(database)`
    select name, line1, city, postal_code as "postalCode", country
    from inventory.warehouses where id = ${warehouseId}`,
  );
  if (row === undefined) throw new ProviderRefused(`There is no warehouse ${warehouseId}`);
  return row;
}
