import type { Service, ServicePorts, Situation } from '../../../src/choreography/service.js';
import { Story } from '../../../src/choreography/story.js';
import { readMemory } from '../../../src/db/choreography.js';
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
  const memory = await readMemory(database, orderId, sequence, service.remembers);
  if (reaction === undefined || memory === undefined) return;
  // It knows what it was told, and nothing that came later.
  const facts = memory.facts.filter((fact) => fact.sequence <= sequence);
  const situation: Situation = {
    orderId,
    story: new Story(orderId, facts, sequence),
    policy: memory.policy,
    serviceLevel: serviceLevels[memory.serviceLevel],
    ports,
  };
  await reaction(situation);
}
