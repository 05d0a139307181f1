import { resolutionKeyOf } from '../domain/attention-item.js';
import { evolve, ForbiddenTransition } from '../domain/evolve.js';
import { isEnded, placedWith, type OrderState } from '../domain/order-state.js';
import type { RecordedFact } from '../domain/facts.js';
import { catalogue, type EventType } from '../events/catalogue/catalogue.js';
import { endingOf } from './ending.js';
import type { Service, ReactionContext } from './service.js';
import { obsoleteItems, expectedScans } from './overdue-tracking.js';
import type { OrderHistory } from './order-history.js';

const everything = Object.keys(catalogue) as readonly EventType[];

/**
 * Projects the events onto the order's row and records the end when nothing is left to happen. It also
 * closes attention items that the events have answered. It commands no other service.
 */
export const order: Service = {
  name: 'order',
  partitions: 2,
  requiredFacts: everything,
  reactions: Object.fromEntries(everything.map((type) => [type, show])),
};

async function show(context: ReactionContext): Promise<void> {
  const { orderId, history, serviceLevel, ports } = context;
  const { state, since } = positionOf(history);
  const [next] = expectedScans(history, serviceLevel);
  await ports.row.show(orderId, state, { since, trackingDueMs: next?.dueMs });
  await closeObsolete(context);
  if (isEnded(state)) return;
  const end = endingOf(history);
  if (end !== undefined) await ports.journal.append({ orderId, key: 'ending', facts: [end] });
}

/** The carrier has reported after all, or the parcel is no longer expected. */
async function closeObsolete({
  orderId,
  history,
  serviceLevel,
  ports,
}: ReactionContext): Promise<void> {
  for (const { id, fact } of obsoleteItems(history, serviceLevel)) {
    await ports.journal.append({ orderId, key: resolutionKeyOf(id), facts: [fact] });
  }
}

/** The state, and when its status began. */
function positionOf(history: OrderHistory): {
  readonly state: OrderState;
  readonly since: string | undefined;
} {
  let state = placedWith(history.placed.total);
  let since: string | undefined;
  for (const fact of history.facts) {
    const next = after(state, fact);
    if (next.status !== state.status) since = fact.at;
    state = next;
  }
  return { state, since };
}

/** A step that was done before its service saw the compensation start no longer changes the state. */
function after(state: OrderState, fact: RecordedFact): OrderState {
  try {
    return evolve(state, fact);
  } catch (error) {
    if (error instanceof ForbiddenTransition) return state;
    throw error;
  }
}
