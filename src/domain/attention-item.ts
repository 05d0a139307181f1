import {
  attentionKinds,
  choicesFor,
  type AttentionChoice,
  type AttentionReason,
} from './attention.js';
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

/** What a person decided about an item. */
export interface AttentionResolution {
  readonly attentionId: AttentionId;
  readonly choice: AttentionChoice;
  readonly by: string;
  readonly note: string;
}

/** Work for a person, for as long as the order waits for it. */
export class AttentionItem {
  /** What a person decided, from the moment on at which it was received. */
  decision: AttentionResolution | undefined;
  /** The same, once it stands in the timeline. */
  resolution: AttentionResolution | undefined;
  /** Whether it needs nobody any more. */
  isClosed = false;

  constructor(
    readonly id: AttentionId,
    readonly reason: AttentionReason,
    readonly subject: string,
  ) {}

  /** The same decision of the same person is taken twice. */
  isRepeatedBy({ by, choice }: AttentionResolution): boolean {
    return this.decision?.by === by && this.decision.choice === choice;
  }

  /** Of two people the second is too late. @returns why it is not for this person to decide, or not so */
  refusalOf({ choice }: AttentionResolution): string | undefined {
    const { decision, reason } = this;
    if (decision !== undefined) return `${decision.by} has decided already: ${decision.choice}`;
    if (this.isClosed) return 'It needs nobody any more';
    return choicesFor(reason).includes(choice) ? undefined : `${choice} is no choice for ${reason}`;
  }

  /** How it ends; without a resolution because what it waited for has come after all. */
  endedBy(resolution?: AttentionResolution): FactOf<'attention.resolved'> {
    const { reason, subject } = this;
    const about = { type: 'attention.resolved', reason, subject } as const;
    if (resolution === undefined) return about;
    const { by, choice, note } = resolution;
    return { ...about, by, choice, note };
  }
}
