/** A TypeID with the prefix `ord`; it is the workflow id as well. */
export type OrderId = `ord_${string}`;

/** A TypeID with the prefix `shp`. */
export type ShipmentId = `shp_${string}`;

const suffix = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const orderIdPattern = new RegExp(`^ord_${suffix}$`);

export const isOrderId = (text: string): text is OrderId => orderIdPattern.test(text);

/** An order has one shipment for now; its id is the order's with another prefix. */
export const shipmentIdOf = (orderId: OrderId): ShipmentId => `shp_${orderId.slice(4)}`;

/** The inverse of {@link shipmentIdOf}. */
export const orderIdOf = (shipmentId: ShipmentId): OrderId => `ord_${shipmentId.slice(4)}`;
