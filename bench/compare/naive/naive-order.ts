import type { Service, Situation } from '../../../src/choreography/service.js';
import { services } from '../../../src/choreography/services.js';
import type { Fact, RejectionReason } from '../../../src/domain/facts.js';

const { order } = services;

/** Shows an order as the real one does, and ends it as soon as somebody says that it goes back. */
export const naiveOrder: Service = {
  ...order,
  reactions: { ...order.reactions, 'compensation.started': endAtOnce },
};

async function endAtOnce(situation: Situation): Promise<void> {
  const { orderId, ports } = situation;
  await ports.journal.append({ orderId, key: 'ending', facts: [endOf(situation)] });
}

function endOf({ story }: Situation): Fact {
  const [asked] = story.all('order.cancel_requested');
  const { cause } = story.told('compensation.started');
  if (cause === 'cancelled') {
    return { type: 'order.cancelled', by: asked?.by ?? 'unknown', reason: asked?.reason ?? '' };
  }
  const reason: RejectionReason = story.has('shipment.refused')
    ? 'not_shippable'
    : 'payment_declined';
  return { type: 'order.rejected', reason };
}
