import type { Service } from '../../../src/choreography/service.js';
import { services } from '../../../src/choreography/services.js';
import { catalogue, isEventType, type EventType } from '../../../src/events/catalogue/catalogue.js';
import type { ArmName } from '../data/names.js';
import { naiveOrder } from '../naive/naive-order.js';
import { orderMessages } from './messages.js';
import type { Source } from './source.js';

/** What somebody hears, and the members of messages that he has to understand for it. */
interface Listening {
  readonly subscriptions: number;
  readonly fields: number;
}

const none: Listening = { subscriptions: 0, fields: 0 };

/** What all of an arm hear together. */
export function listeningIn(source: Source, arm: ArmName): Listening {
  switch (arm) {
    case 'saga':
      return heardByWorkflow(source);
    case 'naive':
      return heardByServices({ ...services, order: naiveOrder });
    case 'outbox':
      return heardByServices(services);
    case 'mix':
      return [heardByWorkflow(source), ...heardByTeams(source)].reduce(together, none);
  }
}

function heardByWorkflow(source: Source): Listening {
  const messages = orderMessages(source);
  return {
    subscriptions: messages.length,
    fields: messages.reduce((sum, { fields }) => sum + fields.length, 0),
  };
}

/** An event that is only remembered has to be understood as one that is reacted to. */
const heardByServices = (all: Readonly<Record<string, Service>>): Listening =>
  Object.values(all)
    .map(({ reactions, requiredFacts }): Listening => {
      const heard = Object.keys(reactions) as EventType[];
      return {
        subscriptions: heard.length,
        fields: fieldsIn([...heard, ...requiredFacts]),
      };
    })
    .reduce(together, none);

/** A team says nowhere what it hears; its code names the events that it knows. */
const heardByTeams = (source: Source): readonly Listening[] =>
  source.foldersIn('src/teams').map((folder) => {
    const code = source.filesIn(folder).map((path) => source.read(path));
    const named = [...code.join('\n').matchAll(/'(\w+\.\w+)'/g)].map(([, name = '']) => name);
    const heard = [...new Set(named.filter(isEventType))];
    return { subscriptions: heard.length, fields: fieldsIn(heard) };
  });

const fieldsIn = (types: readonly EventType[]): number =>
  [...new Set(types)]
    .map((type) => Object.keys(catalogue[type].data.shape).length)
    .reduce((sum, count) => sum + count, 0);

const together = (one: Listening, other: Listening): Listening => ({
  subscriptions: one.subscriptions + other.subscriptions,
  fields: one.fields + other.fields,
});
