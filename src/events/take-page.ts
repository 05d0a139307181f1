import { setTimeout as sleep } from 'node:timers/promises';
import { applyBatch, moveGroup, transact, withoutExceptions } from './batch.js';
import type { LoggedEvent } from './order-event.js';
import { createGroup, type Page } from './page.js';
import { quarantine } from './quarantine.js';
import { isPassing } from './refusal.js';
import type { ConsumerRun } from './rules.js';

/** What came of a page. */
export interface Taken {
  /** Where the group stands now, as far as is known. */
  readonly position: number;
  /** By how many events it was moved on. */
  readonly events: number;
  /** More may wait, so that the next page should be taken at once. */
  readonly hasMore: boolean;
}

/**
 * The process that holds the group may not take the new events: it may be a rebuild, or dead. Nothing
 * signals that the group is free, so this one looks again.
 */
const busyPauseMs = 100;

/**
 * Applies a page and moves the group on, in one transaction; what is refused is isolated. Of several
 * copies one takes the group, and the others wait for a moment.
 */
export async function takePage(run: ConsumerRun, page: Page): Promise<Taken> {
  const outcome = await take(run, page);
  if (outcome.kind === 'moved') {
    return { position: page.through, events: page.through - page.from, hasMore: page.hasMore };
  }
  const position = outcome.kind === 'left' ? outcome.position : await dispose(run, page, outcome);
  if (position === page.from) await sleep(busyPauseMs);
  const events = outcome.kind === 'left' ? 0 : position - page.from;
  return { position, events, hasMore: true };
}

interface Refused {
  readonly kind: 'refused';
  readonly error: unknown;
}

/** `left`: another copy has the group, or it stands at another position. */
type Outcome =
  Refused | { readonly kind: 'moved' } | { readonly kind: 'left'; readonly position: number };

async function take(run: ConsumerRun, page: Page): Promise<Outcome> {
  const { database, consumer } = run;
  let taken: Page | undefined;
  try {
    return await transact(database, async (transaction): Promise<Outcome> => {
      const move = await moveGroup(transaction, run, page);
      if (move.position === null) await createGroup(transaction, consumer.name);
      if (!move.isMoved) return { kind: 'left', position: move.position ?? 0 };
      taken = page;
      const left = move.hasExceptions
        ? await withoutExceptions(transaction, consumer.name, page.events)
        : page.events;
      const events = left.map(({ event }) => event);
      await applyBatch(run, transaction, move, events);
      return { kind: 'moved' };
    });
  } catch (error) {
    if (taken === undefined || isPassing(error)) throw error;
    return { kind: 'refused', error };
  }
}

/** @returns where the group stands then */
function dispose(run: ConsumerRun, page: Page, { error }: Refused): Promise<number> {
  const [first, second] = page.events;
  if (first === undefined) throw error;
  return second === undefined
    ? quarantineRefused(run, { ...first, from: page.from }, error)
    : isolate(run, page);
}

/** The events of a refused page one by one, up to the first that is refused by itself. */
async function isolate(run: ConsumerRun, page: Page): Promise<number> {
  const end = Date.now() + run.rules.applyLimitMs;
  let from = page.from;
  for (const logged of page.events) {
    if (Date.now() > end) return from;
    const through = logged === page.events.at(-1) ? page.through : logged.position;
    const outcome = await take(run, { ...page, from, events: [logged], through });
    if (outcome.kind === 'left') return from;
    if (outcome.kind === 'refused') {
      return quarantineRefused(run, { ...logged, from }, outcome.error);
    }
    from = through;
  }
  return from;
}

/** @returns where the group stands then: past the event, or where it was when another copy was first */
const quarantineRefused = async (
  run: ConsumerRun,
  refused: LoggedEvent & { readonly from: number },
  error: unknown,
): Promise<number> => ((await quarantine(run, refused, error)) ? refused.position : refused.from);
