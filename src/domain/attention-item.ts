import { attentionKinds, type AttentionChoice, type AttentionReason } from './attention.js';
import type { FactOf } from './facts.js';
import { suffixOf, type AttentionId } from './ids.js';
import type { Money } from './money.js';

interface Raised {
  readonly reason: AttentionReason;
  readonly subject: string;
  /** Where not all that is usual for the reason can be done. */
  readonly choices?: readonly AttentionChoice[];
  /** The money that is at stake. */
  readonly exposure?: Money | undefined;
}

/** New work for a person, as it stands in the order's timeline; the database gives it its id. */
export const attentionFact = ({
  reason,
  subject,
  choices,
  exposure,
}: Raised): FactOf<'attention.raised'> => ({
  type: 'attention.raised',
  reason,
  subject,
  owner: attentionKinds[reason].owner,
  choices: choices ?? attentionKinds[reason].choices,
  ...(exposure && { exposure }),
});

/** The same with an id that whoever raises it knows. @param uuid becomes its id */
export const attentionItem = (
  uuid: string,
  raised: Raised,
): FactOf<'attention.raised'> & { readonly id: AttentionId } => ({
  ...attentionFact(raised),
  id: `att_${suffixOf(uuid)}`,
});

/** Under which an item's end stands in the timeline: there is one, whoever says so first. */
export const resolutionKeyOf = (id: AttentionId): string => `attention-resolved:${id}`;
