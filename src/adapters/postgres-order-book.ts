import type { OrderBook, OrderDetails, PostalAddress } from '../activities/ports.js';
import { firstRow, firstValue, type Database } from '../db/database.js';
import { ProviderRefused } from '../domain/failures.js';
import type { OrderId } from '../domain/ids.js';
import { money } from '../domain/money.js';
import { applyAddress, applyPaymentMethod } from '../db/messages.js';
import { overPostgres } from './postgres-errors.js';

/** What the workflow does not carry, in one statement. Steps that ask side by side share one. */
export function postgresOrderBook(database: Database): OrderBook {
  const asking = new Map<OrderId, Promise<OrderDetails>>();
  return overPostgres({
    find: (orderId) => {
      const asked = asking.get(orderId);
      if (asked !== undefined) return asked;
      const answer = find(database, orderId).finally(() => asking.delete(orderId));
      asking.set(orderId, answer);
      return answer;
    },
    warehouse: async (warehouseId) =>
      (await firstRow<PostalAddress>(database)`
        select name, line1, city, postal_code as "postalCode", country
        from inventory.warehouses where id = ${warehouseId}`) ?? unknown('warehouse', warehouseId),
    changeAddress: async (orderId, changeId, mayReprice) => {
      const applied = await applyAddress(database, orderId, changeId, mayReprice);
      if (applied === undefined) return unknown('change', changeId);
      if (applied.kind === 'price_would_change') return applied;
      const { currency, shippingMinor, totalMinor } = applied;
      const [shipping, total] = [money(shippingMinor, currency), money(totalMinor, currency)];
      return { kind: 'changed', shipping, total };
    },
    changePaymentMethod: async (orderId, changeId) => {
      if (!(await applyPaymentMethod(database, orderId, changeId))) unknown('change', changeId);
    },
  });
}

function unknown(what: string, id: string): never {
  throw new ProviderRefused(`There is no ${what} ${id}`);
}

async function find(database: Database, orderId: OrderId): Promise<OrderDetails> {
  const details = await firstValue<OrderDetails>(database)`
    select json_strip_nulls(json_build_object(
      'orderId', o.id, 'paymentMethod', contact.payment_method,
      'customer', json_build_object('id', o.customer_id, 'name', contact.customer_name,
        'email', contact.email, 'phone', contact.phone, 'member', contact.member),
      'shippingAddress', json_build_object('name', contact.recipient, 'line1', contact.line1,
        'line2', contact.line2, 'city', contact.city, 'postalCode', contact.postal_code,
        'country', contact.country),
      'total', json_build_object('amountMinor', o.total_minor, 'currency', o.currency),
      'shipping', json_build_object('amountMinor', o.shipping_minor, 'currency', o.currency),
      'lines', (
        select json_agg(json_build_object(
          'sku', line.sku, 'title', line.title, 'quantity', line.quantity,
          'unitPrice', json_build_object(
            'amountMinor', line.unit_price_minor, 'currency', o.currency),
          'weightGrams', line.weight_grams,
          'seller', json_build_object('id', seller.id, 'name', seller.name, 'email', seller.email)
        ) order by line.line_number)
        from orders.lines line join orders.sellers seller on seller.id = line.seller_id
        where line.order_id = o.id)))
    from orders.orders o join orders.contacts contact on contact.order_id = o.id
    where o.id = ${orderId}`;
  return details ?? unknown('order', orderId);
}
