import type { AttentionChoice } from '../../../src/domain/attention.js';
import type { OrderInput } from '../../../src/workflows/messages.js';
import { waitFor } from '../../support/wait-for.js';
import type { Fakes } from '../../support/fakes.js';
import type { PlacedOrder } from '../../support/placed-order.js';

/** One way in which an order can end: what its providers do, and what people and carriers do. */
export interface Ending {
  readonly input?: Partial<OrderInput>;
  readonly prepare?: (fakes: Fakes) => void;
  readonly act?: (order: PlacedOrder) => Promise<unknown>;
}

export type Endings = Readonly<Record<string, Ending>>;

/** Each report of the carrier finds the order at rest. */
export const deliver = async (order: PlacedOrder) => {
  await order.waitForHandOver();
  await order.report('handed_over');
  await order.waitForState({ stage: 'delivery' });
  await order.report('delivered');
};

/** Decides about the first item that is raised. */
export async function decide(order: PlacedOrder, choice: AttentionChoice): Promise<void> {
  const raised = () => order.recorded('attention.raised')[0] ?? false;
  const { reason } = await waitFor('an attention item', raised);
  await order.decide(await order.openItem(reason), choice);
}
