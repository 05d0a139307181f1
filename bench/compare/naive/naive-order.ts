import { endByCause } from '../../../src/choreography/ending.js';
import type { Service, ReactionContext } from '../../../src/choreography/service.js';
import { services } from '../../../src/choreography/services.js';

const { order } = services;

/** Shows an order as the real one does, and ends it as soon as somebody says that it goes back. */
export const naiveOrder: Service = {
  ...order,
  reactions: { ...order.reactions, 'compensation.started': endAtOnce },
};

async function endAtOnce({ orderId, history, ports }: ReactionContext): Promise<void> {
  await ports.journal.append({ orderId, key: 'ending', facts: [endByCause(history)] });
}
