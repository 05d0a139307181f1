import { deliveryPartner } from './delivery-partner.js';
import { inventory } from './inventory.js';
import { loyalty } from './loyalty.js';
import { notification } from './notification.js';
import { order } from './order.js';
import { payment } from './payment.js';
import { sellerNotice } from './seller-notice.js';
import type { Service } from './service.js';
import { shipping } from './shipping.js';
import type { ServiceName } from '../domain/services.js';

export const services: Readonly<Record<ServiceName, Service>> = {
  order,
  inventory,
  payment,
  shipping,
  notification,
  'seller-notice': sellerNotice,
  'delivery-partner': deliveryPartner,
  loyalty,
};
