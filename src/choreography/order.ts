import { resolutionKeyOf } from '../domain/attention-item.js';
import { evolve, ForbiddenTransition } from '../domain/evolve.js';
import { isEnded, placedWith, type OrderState } from '../domain/order-state.js';
import type { RecordedFact } from '../domain/facts.js';
import { catalogue, type EventType } from '../events/catalogue/catalogue.js';
import { endingOf } from './ending.js';
import type { Service, Situation } from './service.js';
import { needlessItems, silencesOf } from './silence.js';
import type { Story } from './story.js';

const everything = Object.keys(catalogue) as readonly EventType[];

/**
 * Shows where an order stands, and says that it is over. It tells nobody what to do: its row is what
 * the events add up to, and an end is what is left when nothing is left to happen. So it also closes
 * what a person was asked and the events have answered.
 */
export const order: Service = {
  name: 'order',
  partitions: 2,
  remembers: everything,
  reactions: Object.fromEntries(everything.map((type) => [type, show])),
};

async function show(situation: Situation): Promise<void> {
  const { orderId, story, serviceLevel, ports } = situation;
  const { state, since } = positionOf(story);
  const [next] = silencesOf(story, serviceLevel);
  await ports.row.show(orderId, state, { since, silentUntilMs: next?.dueMs });
  await closeNeedless(situation);
  if (isEnded(state)) return;
  const end = endingOf(story);
  if (end !== undefined) await ports.journal.append({ orderId, key: 'ending', facts: [end] });
}

/** The carrier has spoken after all, or the parcel is not awaited any more. */
async function closeNeedless({ orderId, story, serviceLevel, ports }: Situation): Promise<void> {
  for (const { id, fact } of needlessItems(story, serviceLevel)) {
    await ports.journal.append({ orderId, key: resolutionKeyOf(id), facts: [fact] });
  }
}

/** The state, and since when its status holds. */
function positionOf(story: Story): {
  readonly state: OrderState;
  readonly since: string | undefined;
} {
  let state = placedWith(story.placed.total);
  let since: string | undefined;
  for (const fact of story.facts) {
    const next = after(state, fact);
    if (next.status !== state.status) since = fact.at;
    state = next;
  }
  return { state, since };
}

/** What another service did before it heard that the order goes back moves it no more. */
function after(state: OrderState, fact: RecordedFact): OrderState {
  try {
    return evolve(state, fact);
  } catch (error) {
    if (error instanceof ForbiddenTransition) return state;
    throw error;
  }
}
