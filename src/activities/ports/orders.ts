import type { SkuQuantity } from '../../domain/facts.js';
import type { OrderId } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import type { PostalAddress } from './carrier.js';

/** What the workflow must not carry: fetched by order id, inside the activity that needs it. */
export interface OrderDetails {
  readonly orderId: OrderId;
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    /** E.164. */
    readonly phone?: string;
    readonly member: boolean;
  };
  readonly shippingAddress: PostalAddress;
  readonly paymentMethod: string;
  readonly total: Money;
  /** The part of the total that is the shipping fee. */
  readonly shipping: Money;
  readonly lines: readonly OrderedLine[];
}

export interface OrderedLine extends SkuQuantity {
  readonly title: string;
  readonly unitPrice: Money;
  readonly weightGrams: number;
  readonly seller: { readonly id: string; readonly name: string; readonly email: string };
}

/** What an address change did to the price. */
export type AddressChange =
  | { readonly kind: 'changed'; readonly shipping: Money; readonly total: Money }
  | { readonly kind: 'price_would_change' };

export interface OrderBook {
  /** @throws ProviderRefused when there is no such order. */
  find(orderId: OrderId): Promise<OrderDetails>;
  /** The address that parcels of a warehouse start from. @throws ProviderRefused when unknown */
  warehouse(warehouseId: string): Promise<PostalAddress>;
  /**
   * Puts a staged address into force, once. @param mayReprice false once the payment is authorized
   * @throws ProviderRefused when there is no such staged change of this order
   */
  changeAddress(orderId: OrderId, changeId: string, mayReprice: boolean): Promise<AddressChange>;
  /** Puts a staged payment method into force. @throws ProviderRefused as {@link changeAddress} */
  changePaymentMethod(orderId: OrderId, changeId: string): Promise<void>;
}

/** The shop as its customers see it. */
export interface Shop {
  readonly name: string;
  /** Who hears of orders that wait for a person. */
  readonly staffEmail: string;
  /** Where a customer looks after his order; undefined when there is no such page. */
  orderPage(orderId: OrderId): string | undefined;
}
