import type { Mail, OrderDetails, TextMessage } from '../../src/activities/ports.js';
import type { Step } from '../../src/activities/step.js';
import { placed } from '../../src/domain/order-state.js';
import { Fakes } from '../support/fakes.js';
import { anOrder, shop } from './samples.js';

export const aStep: Step = { orderId: anOrder.orderId, revision: 1, before: placed };

/** The ports of the activities that write to people, and what they sent. */
export function fakeMessages(order: OrderDetails = anOrder) {
  const fakes = new Fakes();
  const orders = { ...fakes.ports.orders, find: () => Promise.resolve(order) };
  const sent = () => fakes.asked.map(({ request }) => request);
  return {
    fakes,
    ports: { ...fakes.ports, shop, orders },
    mails: () =>
      sent().filter((message): message is Mail => (message as Partial<Mail>).html !== undefined),
    texts: () => fakes.requests('one_time_code') as TextMessage[],
  };
}
