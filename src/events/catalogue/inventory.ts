import { z } from 'zod';
import type { FactOf } from '../../domain/facts.js';
import { define } from './definition.js';
import { count, goods, goodsOf, identifier, time } from './members.js';
import { fits, leftOut, whatFits } from './size.js';

const parcel = z.object({ warehouse_id: identifier, lines: z.array(goods) });

const shortLine = z.object({ sku: z.string(), asked: count, available: count });

export const inventoryEvents = define({
  'inventory.reserved': {
    version: 1,
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
    version: 1,
    meaning: 'The stock cannot serve all that was ordered.',
    data: z.object({ lines: z.array(shortLine), lines_left_out: leftOut }),
    dataOf: ({ lines }) => {
      const short = lines.map(({ sku, asked, available }) => ({ sku, asked, available }));
      const { items, leftOut: rest } = whatFits(short);
      return { lines: items, lines_left_out: rest };
    },
  },
  'inventory.backordered': {
    version: 1,
    meaning: 'The order waits for goods to arrive.',
    data: z.object({ until: time }),
    dataOf: ({ until }) => ({ until }),
  },
  'inventory.hold_extended': {
    version: 1,
    meaning: 'The goods stay set aside for longer.',
    data: z.object({ until: time }),
    dataOf: ({ until }) => ({ until }),
  },
  'inventory.released': {
    version: 1,
    meaning: 'The goods are for sale again.',
    reverses: 'inventory.reserved',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'inventory.parcel_released': {
    version: 1,
    meaning: 'What was set aside for one shipment is for sale again; the order goes on without it.',
    reverses: 'inventory.reserved',
    data: z.object({ shipment_id: identifier }),
    dataOf: ({ shipmentId }) => ({ shipment_id: shipmentId }),
  },
  'inventory.written_off': {
    version: 1,
    meaning: 'An order was taken back, but the goods of a shipment had left the house already.',
    data: z.object({ shipment_id: identifier }),
    dataOf: ({ shipmentId }) => ({ shipment_id: shipmentId }),
  },
  'inventory.restocked': {
    version: 1,
    meaning: 'Goods that came back are for sale again.',
    data: z.object({ lines: z.array(goods), lines_left_out: leftOut }),
    dataOf: ({ lines }) => {
      const { items, leftOut: rest } = whatFits(lines.map(goodsOf));
      return { lines: items, lines_left_out: rest };
    },
  },
  'shortage.asked': {
    version: 1,
    meaning: 'The customer was asked what becomes of goods that are missing.',
    data: z.object({ until: time }),
    dataOf: ({ until }) => ({ until }),
  },
  'shortage.reminded': {
    version: 1,
    meaning: 'The customer was reminded to decide about missing goods.',
    data: z.object({}),
    dataOf: () => ({}),
  },
  'shortage.decided': {
    version: 1,
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
