/** A TypeID with the prefix `ord`; it is the workflow id as well. */
export type OrderId = `ord_${string}`;

/** A TypeID with the prefix `shp`. */
export type ShipmentId = `shp_${string}`;

/** A TypeID with the prefix `ret`; it is the id of the return's workflow as well. */
export type ReturnId = `ret_${string}`;

/** A TypeID with the prefix `att`. */
export type AttentionId = `att_${string}`;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idsWith = <Prefix extends string>(prefix: Prefix) => {
  const pattern = new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`);
  return (text: string): text is `${Prefix}_${string}` => pattern.test(text);
};

export const isOrderId = idsWith('ord');
export const isReturnId = idsWith('ret');
export const isAttentionId = idsWith('att');
/** Of an offer to a delivery partner. */
export const isOfferId = idsWith('off');
export const isWebhookEndpointId = idsWith('whe');
export const isWebhookDeliveryId = idsWith('whd');

/**
 * The id of an order's shipment: the order's with another prefix, counted up at its end. The suffix
 * of a TypeID ends in random bits, so that the ids of other orders' shipments are as far away as ever.
 * @param index 0 for the first shipment
 */
export function shipmentIdOf(orderId: OrderId, index = 0): ShipmentId {
  const letters = Array.from(orderId.slice(4));
  let carry = index;
  for (let place = letters.length - 1; carry > 0 && place > 0; place -= 1) {
    const value = alphabet.indexOf(letters[place] ?? '0') + carry;
    letters[place] = alphabet.charAt(value % alphabet.length);
    carry = Math.floor(value / alphabet.length);
  }
  return `shp_${letters.join('')}`;
}

/** The id of the shipment that brings a return's goods back. */
export const returnShipmentIdOf = (returnId: ReturnId): ShipmentId => `shp_${returnId.slice(4)}`;

/** A TypeID's suffix: the 128 bits of a UUID in Crockford's base 32 (TypeID specification 0.3). */
export function suffixOf(uuid: string): string {
  let bits = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let place = 0; place < 26; place += 1) {
    text = alphabet.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
}
