import type { Shop } from '../activities/ports.js';
import type { PortsConfig } from '../config.js';

/** The shop as the sender of its mails has it: `Name <address>`, or an address alone. */
export function shopOf({ MAIL_FROM, MAIL_STAFF_TO, ORDER_PAGE_URL }: PortsConfig): Shop {
  const [, name = '', address = MAIL_FROM] = /^\s*(.*?)\s*<([^>]+)>\s*$/.exec(MAIL_FROM) ?? [];
  return {
    name: name === '' ? address : name.replaceAll('"', ''),
    staffEmail: MAIL_STAFF_TO ?? address,
    orderPage: (orderId) => ORDER_PAGE_URL?.replaceAll('{order_id}', orderId),
  };
}
