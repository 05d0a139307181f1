import type { AttentionChoice } from '../../../src/domain/attention.js';
import type { CarrierMilestone } from '../../../src/domain/shipment.js';
import type { Stage } from '../../../src/domain/order-state.js';
import type { OrderInput } from '../../../src/workflows/messages.js';
import { waitFor } from '../../support/wait-for.js';
import type { Fakes } from '../../support/fakes.js';
import type { PlacedOrder } from '../../support/placed-order.js';

type Act = (order: PlacedOrder) => Promise<unknown>;

/** One way in which an order can end: what its providers do, and what people and carriers do. */
export interface Ending {
  readonly input?: Partial<OrderInput>;
  readonly prepare?: (fakes: Fakes) => void;
  readonly act?: Act;
}

export type Endings = Readonly<Record<string, Ending>>;

/** What is done to an order once it has come to this stage. */
export const at =
  (stage: Stage, act: Act): Act =>
  async (order) => {
    await order.waitForState({ stage });
    await act(order);
  };

export const oneByOne =
  (...acts: readonly Act[]): Act =>
  async (order) => {
    for (const act of acts) await act(order);
  };

/** Each report of the carrier finds the order at rest. */
export const handOver = at('hand_over', (order) => order.report('handed_over'));
export const arrive = (milestone: CarrierMilestone): Act =>
  at('delivery', (order) => order.report(milestone));
export const deliver = oneByOne(handOver, arrive('delivered'));

/** Decides about the first item that is raised. */
export async function decide(order: PlacedOrder, choice: AttentionChoice): Promise<void> {
  const raised = () => order.recorded('attention.raised')[0] ?? false;
  const { reason } = await waitFor('an attention item', raised);
  await order.decide(await order.openItem(reason), choice);
}
