import type { Exchanges } from '../activities/ports.js';
import { insertOrder, type NewContact, type NewLine, type NewOrder } from '../db/acceptance.js';
import { firstRow, type Database } from '../db/database.js';
import type { CodeChannel } from '../domain/one-time-code.js';
import { newId } from '../db/new-id.js';
import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';
import type { OrderId, ReturnId } from '../domain/ids.js';
import { money, type Currency } from '../domain/money.js';
import { placedWith } from '../domain/order-state.js';
import type { OrderPolicy } from '../domain/policy.js';
import { nothingToVerify } from '../domain/risk.js';
import type { ServiceLevelName } from '../domain/service-level.js';
import { prefixPrice } from '../domain/totals.js';
import { overPostgres } from './postgres-errors.js';

interface AcceptedLine extends Omit<NewLine, 'quantity' | 'amountMinor'> {
  /** Of the return. */
  readonly quantity: number;
  readonly amountMinor: number;
  readonly accepted: number;
}

interface Original {
  readonly orderId: OrderId;
  readonly customerId: string;
  readonly currency: Currency;
  readonly taxBasisPoints: number;
  readonly policy: OrderPolicy;
  readonly serviceLevel: ServiceLevelName;
  readonly codeChannel: CodeChannel;
  readonly contact: NewContact;
  readonly lines: readonly AcceptedLine[];
  /** The order that was placed in exchange before. */
  readonly exchangedFor: OrderId | null;
  readonly now: Date;
}

/** Orders in exchange for what came back: stored like any other, and started by the relay. */
export const postgresExchanges = (database: Database): Exchanges =>
  overPostgres({
    place: async (returnId) => {
      const original = await readOriginal(database, returnId);
      if (original.exchangedFor !== null) return original.exchangedFor;
      const order = exchangeOf(returnId, original);
      const claim = { key: keyOf(returnId), fingerprint: returnId, response: {} };
      const insertion = await insertOrder(database, order, claim);
      if (insertion !== 'inserted') throw new ProviderUnavailable(`${claim.key} is being placed`);
      return order.id;
    },
  });

const keyOf = (returnId: ReturnId): string => `exchange:${returnId}`;

/** The same goods at the prices that were paid; the shop pays for the way, and nothing is verified twice. */
function exchangeOf(returnId: ReturnId, original: Original): NewOrder {
  const { orderId, currency, customerId, contact } = original;
  const lines = original.lines.map((line) => chargedAgain(line, currency));
  const sumOf = (amountOf: (line: NewLine) => number) =>
    lines.reduce((minor, line) => minor + amountOf(line), 0);
  const totalMinor = sumOf(({ amountMinor }) => amountMinor);
  const itemsMinor = sumOf(({ unitPriceMinor, quantity }) => unitPriceMinor * quantity);
  const total = money(totalMinor, currency);
  return {
    id: newId('ord'),
    customerId,
    state: placedWith(total),
    coordination: 'orchestrated',
    total,
    shippingMinor: 0,
    discountMinor: itemsMinor - totalMinor,
    discountCode: null,
    taxBasisPoints: original.taxBasisPoints,
    policy: original.policy,
    serviceLevel: original.serviceLevel,
    verification: nothingToVerify,
    codeChannel: original.codeChannel,
    metadata: { exchange_of: orderId, exchange_return: returnId },
    createdAt: original.now,
    lines,
    contact,
  };
}

function chargedAgain(
  { accepted, quantity, amountMinor, ...product }: AcceptedLine,
  currency: Currency,
): NewLine {
  const paid = { sku: product.sku, quantity, amount: money(amountMinor, currency) };
  return { ...product, quantity: accepted, amountMinor: prefixPrice(paid, accepted).amountMinor };
}

/** @throws ProviderRefused when there is no such return */
async function readOriginal(database: Database, returnId: ReturnId): Promise<Original> {
  const original = await firstRow<Original>(database)`
    select o.id as "orderId", o.customer_id as "customerId", o.currency,
      o.tax_basis_points as "taxBasisPoints", o.policy, o.service_level as "serviceLevel",
      o.code_channel as "codeChannel", clock_timestamp() as now,
      (select order_id from orders.idempotency where key = ${keyOf(returnId)}) as "exchangedFor",
      json_build_object('customerName', c.customer_name, 'email', c.email, 'phone', c.phone,
        'member', c.member, 'recipient', c.recipient, 'line1', c.line1, 'line2', c.line2,
        'city', c.city, 'postalCode', c.postal_code, 'country', c.country,
        'paymentMethod', c.payment_method) as contact,
      (select json_agg(json_build_object('sku', back.sku, 'title', sold.title,
          'weightGrams', sold.weight_grams, 'sellerId', sold.seller_id,
          'unitPriceMinor', sold.unit_price_minor, 'quantity', back.quantity,
          'amountMinor', back.amount_minor, 'accepted', back.restocked + back.scrapped)
          order by back.line_number)
        from orders.return_lines back cross join lateral (
          select * from orders.lines line where line.order_id = o.id and line.sku = back.sku
          order by line.line_number limit 1) sold
        where back.return_id = r.id and back.restocked + back.scrapped > 0) as lines
    from orders.returns r join orders.orders o on o.id = r.order_id
      join orders.contacts c on c.order_id = o.id
    where r.id = ${returnId}`;
  if (original === undefined) throw new ProviderRefused(`There is no return ${returnId}`);
  return original;
}
