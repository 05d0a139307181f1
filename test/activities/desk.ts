import type { Entry, Mail, Ports, TextMessage, Written } from '../../src/activities/ports.js';
import type { Step } from '../../src/activities/step.js';
import { placed } from '../../src/domain/order-state.js';
import { anOrder, shop } from './samples.js';

/** The ports of whatever only writes to people: it keeps what was sent and what was noted. */
export class Desk {
  readonly mails: Mail[] = [];
  readonly texts: TextMessage[] = [];
  readonly entries: Entry[] = [];
  order = anOrder;

  readonly ports = {
    shop,
    orders: { find: () => Promise.resolve(this.order) } as unknown as Ports['orders'],
    mailer: {
      send: (mail) => {
        this.mails.push(mail);
        return Promise.resolve();
      },
    } satisfies Ports['mailer'],
    texter: {
      send: (text) => {
        this.texts.push(text);
        return Promise.resolve();
      },
    } satisfies Ports['texter'],
    journal: {
      append: (entry) => Promise.resolve(this.append(entry)),
      find: () => Promise.resolve([]),
    } satisfies Ports['journal'],
  };

  private append(entry: Entry): Written {
    this.entries.push(entry);
    const facts = entry.facts.map((fact, index) => ({
      ...fact,
      sequence: index + 1,
      at: '2026-11-23T14:05:00.000Z',
    }));
    return { facts, rowRevision: entry.change?.revision ?? 0 };
  }
}

export const aStep: Step = { orderId: anOrder.orderId, revision: 1, before: placed };
