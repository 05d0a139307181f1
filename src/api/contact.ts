import type { NewContact } from '../db/acceptance.js';
import type { OrderRequest } from './schemas/order-request.js';

/** The part of an order that is stored and never answered, logged or put into a workflow. */
export const contactOf = ({
  customer,
  shipping_address: address,
  payment_method: paymentMethod,
}: OrderRequest): NewContact => ({
  customerName: customer.name,
  email: customer.email,
  phone: customer.phone ?? null,
  member: customer.member,
  recipient: address.name,
  line1: address.line1,
  line2: address.line2 ?? null,
  city: address.city,
  postalCode: address.postal_code,
  country: address.country,
  paymentMethod,
});
