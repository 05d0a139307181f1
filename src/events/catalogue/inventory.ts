import { z } from 'zod';
import { event } from './definition.js';
import { count, fitLines, fits, goods, identifier, linesOf, time } from './members.js';

const parcel = z.object({ warehouse_id: identifier, lines: z.array(goods) });
const shortLine = z.object({ sku: z.string(), asked: count, available: count });
const shipment = { shipment_id: identifier };
const until = { until: time };

export const inventoryEvents = {
  'inventory.reserved': event(
    'The goods are set aside.',
    {
      parcels: z
        .array(parcel)
        .optional()
        .describe('one for each shipment; left out when it would make the event too large'),
    },
    { fit: (data) => (fits(data.parcels ?? []) ? data : {}) },
  ),
  'inventory.short': event('The stock cannot serve all that was ordered.', linesOf(shortLine), {
    fit: fitLines,
  }),
  'inventory.backordered': event('The order waits for goods to arrive.', until),
  'inventory.hold_extended': event('The goods stay set aside for longer.', until),
  'inventory.released': event(
    'The goods are for sale again.',
    {},
    {
      reverses: 'inventory.reserved',
    },
  ),
  'inventory.parcel_released': event(
    'What was set aside for one shipment is for sale again; the order goes on without it.',
    shipment,
    { reverses: 'inventory.reserved' },
  ),
  'inventory.written_off': event(
    'An order was compensated, but the goods of a shipment had already left the warehouse.',
    shipment,
  ),
  'inventory.restocked': event('Goods that came back are for sale again.', linesOf(goods), {
    fit: fitLines,
  }),
  'shortage.asked': event('The customer was asked what becomes of goods that are missing.', until),
  'shortage.reminded': event('The customer was reminded to decide about missing goods.'),
  'shortage.decided': event('The customer has decided about missing goods.', {
    decision: z.enum(['cancel', 'ship_available', 'wait']),
  }),
};
