import { z } from 'zod';
import type { Request } from 'express';
import type { DeadLetterSource, DeadLetter, DecisionOutcome } from '../../events/dead-letters.js';
import { consumerDeadLetters } from '../../events/consumer-dead-letters.js';
import { publisherDeadLetters } from '../../events/publisher-dead-letters.js';
import { webhookDeadLetters } from '../../events/webhooks/dead-letters.js';
import { actor, limit, orderId, text } from '../schemas/fields.js';
import { problem } from '../problem.js';
import { content, type Handler, type Reply } from '../reply.js';
import { listReply, wireBody } from '../representation.js';
import { bodyOf, idIn, queryOf, refuse } from '../request.js';

/** Where dead letters lie, in the order in which they are listed. */
const deadLetterSources: readonly DeadLetterSource[] = [
  publisherDeadLetters,
  consumerDeadLetters,
  webhookDeadLetters,
];

/** The source of the letter with this id; undefined when it can be no letter's. */
const sourceOf = (id: string): DeadLetterSource | undefined =>
  idPattern.test(id)
    ? deadLetterSources.find(({ prefix }) => id.startsWith(`${prefix}_`))
    : undefined;

const idPattern = /^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

const consumer = text(100);

const deadLetterListQuery = z.strictObject({
  limit,
  starting_after: z
    .string()
    .refine((text) => sourceOf(text) !== undefined, 'must be the id of a dead letter')
    .optional(),
  consumer: consumer.optional(),
  order_id: orderId.optional(),
});

const replayRequest = z.strictObject({ by: actor.default('operator') });

/** The body of `POST /v1/dead-letters/replay`: without a consumer, those of all consumers. */
const replayAllRequest = z.strictObject({
  by: actor.default('operator'),
  consumer: consumer.optional(),
});

export const discardRequest = z.strictObject({ by: actor.default('operator'), reason: text(500) });

/** `GET /v1/dead-letters`: those without a decision, the oldest first within a source. */
export const getDeadLetters: Handler = async (request, { database }) => {
  const query = queryOf(request, deadLetterListQuery);
  const { limit, starting_after: after, consumer, order_id: orderId } = query;
  const letters: DeadLetter[] = [];
  for (const { source, startingAfter } of sourcesFrom(after)) {
    const page = { limit: limit + 1 - letters.length, after: startingAfter };
    if (page.limit > 0) letters.push(...(await source.list(database, { consumer, orderId }, page)));
  }
  return listReply(letters, limit, deadLetterBody, ({ id }) => id);
};

/** The source of the dead letter that was seen last, and those behind it. */
function sourcesFrom(after = '') {
  const current = sourceOf(after);
  return deadLetterSources
    .slice(current === undefined ? 0 : deadLetterSources.indexOf(current))
    .map((source) => ({ source, startingAfter: source === current ? after : undefined }));
}

/** `POST /v1/dead-letters/{id}/replay`: the event is tried again, with all its attempts. */
export const replayDeadLetter: Handler = async (request, { database }) => {
  const { id, source } = deadLetterIn(request);
  const body = bodyOf(request, replayRequest);
  return decided(id, 'replayed', await source.replay(database, id, body));
};

/** `POST /v1/dead-letters/{id}/discard`: the later events of its order go on without it. */
export const discardDeadLetter: Handler = async (request, { database }) => {
  const { id, source } = deadLetterIn(request);
  const body = bodyOf(request, discardRequest);
  return decided(id, 'discarded', await source.discard(database, id, body));
};

/** How many dead letters one call takes from each source; the answer says how many there were. */
const mostAtOnce = 1_000;

/** `POST /v1/dead-letters/replay`: all of them, or all of one consumer. */
export const replayDeadLetters: Handler = async (request, { database }) => {
  const { by, consumer } = bodyOf(request, replayAllRequest);
  let replayed = 0;
  let hasMore = false;
  for (const source of deadLetterSources) {
    const count = await source.replayAll(database, { consumer }, { by, limit: mostAtOnce });
    replayed += count;
    hasMore ||= count === mostAtOnce;
  }
  return content(200, { object: 'replay', replayed, has_more: hasMore });
};

function deadLetterIn(request: Request) {
  const id = idIn(request, () => true, 'dead_letter_not_found');
  return { id, source: sourceOf(id) ?? refuse('dead_letter_not_found') };
}

const whyNot = {
  discarded: 'It was discarded, so that the later events of its order could go on.',
  being_replayed: 'It is being tried again. Discard it when that fails as well.',
  settled: 'It was replayed, and is in effect.',
  unpublished: 'Nobody can do without it. Mend the cause, and it is published.',
} as const;

function decided(id: string, decision: 'replayed' | 'discarded', outcome: DecisionOutcome): Reply {
  switch (outcome.kind) {
    case 'done':
    case 'already':
      return content(200, {
        object: 'dead_letter_decision',
        id,
        decision,
        changed: outcome.kind === 'done',
      });
    case 'refused':
      return problem('dead_letter_in_wrong_state', {
        detail: whyNot[outcome.because],
        members: { state: outcome.because },
      });
    case 'unknown':
      return problem('dead_letter_not_found');
  }
}

const deadLetterBody = ({ id, ...letter }: DeadLetter) => ({
  id,
  object: 'dead_letter',
  ...wireBody(letter),
});
