import { typeid } from 'typeid-js';
import { expect, test } from 'vitest';
import {
  isAttentionId,
  isOfferId,
  isOrderId,
  isReturnId,
  returnShipmentIdOf,
  shipmentIdOf,
  suffixOf,
  type OrderId,
} from '../../src/domain/ids.js';

const anOrderId: OrderId = typeid('ord').toString();

const kinds = [
  ['ord', isOrderId],
  ['ret', isReturnId],
  ['att', isAttentionId],
  ['off', isOfferId],
] as const;

test.each(kinds)(
  'an id with the prefix %s is a TypeID with that prefix and no other',
  (prefix, isId) => {
    const id = typeid(prefix).toString();
    expect(isId(id)).toBe(true);
    const others = kinds.filter(([other]) => other !== prefix);
    const wrong = others.map(([other]) => id.replace(prefix, other));
    for (const text of [...wrong, `${prefix}_42`, `${id}x`, '', `${prefix}_`]) {
      expect(isId(text), text).toBe(false);
    }
  },
);

test('the first shipment has the suffix of its order', () => {
  expect(shipmentIdOf(anOrderId)).toBe(`shp_${anOrderId.slice(4)}`);
});

test('the shipments of an order have different ids, also across a carry', () => {
  const orderId: OrderId = 'ord_01kaj5zhb8fzv8pj542gvfbezz';
  expect(shipmentIdOf(orderId, 1)).toBe('shp_01kaj5zhb8fzv8pj542gvfbf00');
  const ids = Array.from({ length: 100 }, (_, index) => shipmentIdOf(orderId, index));
  expect(new Set(ids).size).toBe(100);
});

test("the shipment of a return has the return's suffix", () => {
  expect(returnShipmentIdOf('ret_01kaj5zhb8fzv8pj542gvfbewm')).toBe(
    'shp_01kaj5zhb8fzv8pj542gvfbewm',
  );
});

/** `valid.json` of the TypeID specification, version 0.3. */
test.each([
  ['00000000-0000-0000-0000-000000000000', '00000000000000000000000000'],
  ['00000000-0000-0000-0000-000000000001', '00000000000000000000000001'],
  ['00000000-0000-0000-0000-00000000000a', '0000000000000000000000000a'],
  ['00000000-0000-0000-0000-000000000010', '0000000000000000000000000g'],
  ['00000000-0000-0000-0000-000000000020', '00000000000000000000000010'],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', '7zzzzzzzzzzzzzzzzzzzzzzzzz'],
  ['0110c853-1d09-52d8-d73e-1194e95b5f19', '0123456789abcdefghjkmnpqrs'],
  ['01890a5d-ac96-774b-bcce-b302099a8057', '01h455vb4pex5vsknk084sn02q'],
])('the suffix of %s is the published one', (uuid, suffix) => {
  expect(suffixOf(uuid)).toBe(suffix);
});

/** `invalid.json` of the same specification. */
test.each([
  ['8zzzzzzzzzzzzzzzzzzzzzzzzz', 'is more than 128 bits'],
  ['1234567890123456789012345', 'is too short'],
  ['123456789012345678901234567', 'is too long'],
  ['1234567890123456789012345 ', 'has a space'],
  ['0123456789ABCDEFGHJKMNPQRS', 'has capitals'],
  ['123456789-123456789-123456', 'has hyphens'],
  ['ooooooiiiiiiuuuuuuulllllll', 'has letters that look like others'],
])('%s is no suffix, as it %s', (suffix) => {
  for (const [prefix, isId] of kinds) expect(isId(`${prefix}_${suffix}`)).toBe(false);
});
