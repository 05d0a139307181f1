import { z } from 'zod';
import type { FactOf } from '../../domain/facts.js';
import { bare, define, until } from './definition.js';
import { count, goods, goodsOf, identifier, fits, linesIn, linesThatFit } from './members.js';
import { ofShipment } from './shipment.js';

const parcel = z.object({ warehouse_id: identifier, lines: z.array(goods) });

const shortLine = z.object({ sku: z.string(), asked: count, available: count });

export const inventoryEvents = define({
  'inventory.reserved': {
    meaning: 'The goods are set aside.',
    data: z.object({
      parcels: z
        .array(parcel)
        .optional()
        .describe('one for each shipment; left out when it would make the event too large'),
    }),
    dataOf: (fact) => ({ parcels: parcelsOf(fact) }),
  },
  'inventory.short': {
    meaning: 'The stock cannot serve all that was ordered.',
    data: z.object(linesIn(shortLine)),
    dataOf: ({ lines }) =>
      linesThatFit(lines.map(({ sku, asked, available }) => ({ sku, asked, available }))),
  },
  'inventory.backordered': until('The order waits for goods to arrive.'),
  'inventory.hold_extended': until('The goods stay set aside for longer.'),
  'inventory.released': bare('The goods are for sale again.', 'inventory.reserved'),
  'inventory.parcel_released': ofShipment(
    'What was set aside for one shipment is for sale again; the order goes on without it.',
    'inventory.reserved',
  ),
  'inventory.written_off': ofShipment(
    'An order was taken back, but the goods of a shipment had left the house already.',
  ),
  'inventory.restocked': {
    meaning: 'Goods that came back are for sale again.',
    data: z.object(linesIn(goods)),
    dataOf: ({ lines }) => linesThatFit(lines.map(goodsOf)),
  },
  'shortage.asked': until('The customer was asked what becomes of goods that are missing.'),
  'shortage.reminded': bare('The customer was reminded to decide about missing goods.'),
  'shortage.decided': {
    meaning: 'The customer has decided about missing goods.',
    data: z.object({ decision: z.enum(['cancel', 'ship_available', 'wait']) }),
    dataOf: ({ decision }) => ({ decision }),
  },
});

function parcelsOf({ parcels }: FactOf<'inventory.reserved'>) {
  const all = parcels.map(({ warehouseId, lines }) => ({
    warehouse_id: warehouseId,
    lines: lines.map(goodsOf),
  }));
  return fits(all) ? all : undefined;
}
