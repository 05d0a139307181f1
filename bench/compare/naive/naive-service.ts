import type { Service, ServicePorts, ReactionContext } from '../../../src/choreography/service.js';
import { OrderHistory } from '../../../src/choreography/order-history.js';
import { readRequiredFacts } from '../../../src/db/choreography.js';
import type { Database } from '../../../src/db/database.js';
import { serviceLevels } from '../../../src/domain/service-level.js';
import type { EventType } from '../../../src/events/catalogue/catalogue.js';
import type { Message } from './bus.js';

/** Has a service react to a message with nothing around it: no inbox, no transaction, no second try. */
export async function react(
  service: Service,
  { orderId, sequence, type }: Message,
  database: Database,
  ports: ServicePorts,
): Promise<void> {
  const reaction = service.reactions[type as EventType];
  const known = await readRequiredFacts(database, orderId, sequence, service.requiredFacts);
  if (reaction === undefined || known === undefined) return;
  // It knows what it was told, and nothing that came later.
  const facts = known.facts.filter((fact) => fact.sequence <= sequence);
  const context: ReactionContext = {
    orderId,
    history: new OrderHistory(orderId, facts, sequence),
    policy: known.policy,
    serviceLevel: serviceLevels[known.serviceLevel],
    ports,
  };
  await reaction(context);
}
