import type { DeadLetterSource } from '../events/dead-letters.js';
import { consumerDeadLetters } from '../events/consumer-dead-letters.js';
import { publisherDeadLetters } from '../events/publisher-dead-letters.js';
import { webhookDeadLetters } from '../events/webhooks/dead-letters.js';

/** Where dead letters lie, in the order in which they are listed. */
export const deadLetterSources: readonly DeadLetterSource[] = [
  publisherDeadLetters,
  consumerDeadLetters,
  webhookDeadLetters,
];

/** The source of the letter with this id; undefined when it can be no letter's. */
export const sourceOf = (id: string): DeadLetterSource | undefined =>
  idPattern.test(id)
    ? deadLetterSources.find(({ prefix }) => id.startsWith(`${prefix}_`))
    : undefined;

const idPattern = /^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
