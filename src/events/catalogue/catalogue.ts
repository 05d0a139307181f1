import type { z } from 'zod';
import type { FactType } from '../../domain/facts.js';
import { attentionEvents } from './attention.js';
import type { EventDefinition } from './definition.js';
import { inventoryEvents } from './inventory.js';
import { orderEvents } from './order.js';
import { paymentEvents } from './payment.js';
import { returnEvents } from './returns.js';
import { shipmentEvents } from './shipment.js';
import { sideEvents } from './side-steps.js';
import { verificationEvents } from './verification.js';

/** By what they are about: docs/events.md has a table for each. */
export const eventGroups = {
  'The order': orderEvents,
  Verification: verificationEvents,
  Inventory: inventoryEvents,
  Payment: paymentEvents,
  Shipment: shipmentEvents,
  'Mails, partners and points': sideEvents,
  Attention: attentionEvents,
  Returns: returnEvents,
};

/** Every event by its type. A fact without an event does not compile. */
export const catalogue = {
  ...orderEvents,
  ...verificationEvents,
  ...inventoryEvents,
  ...paymentEvents,
  ...shipmentEvents,
  ...sideEvents,
  ...attentionEvents,
  ...returnEvents,
} satisfies Readonly<Record<FactType, EventDefinition>>;

type Catalogue = typeof catalogue;

export type EventType = keyof Catalogue;

/** `data` of an event in its newest version. */
export type EventData<Type extends EventType> = z.output<Catalogue[Type]['data']>;

export const eventTypes = Object.keys(catalogue) as readonly EventType[];

export const isEventType = (type: string): type is EventType => Object.hasOwn(catalogue, type);
