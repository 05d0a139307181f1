/** Whose queue an attention item stands in. */
export type AttentionOwner = (typeof attentionOwners)[number];

export const attentionOwners = ['payments', 'warehouse', 'shipping', 'support'] as const;

/** What a person may do about an item. */
export type AttentionChoice =
  /** Try the same call again now. */
  | 'retry'
  /** It was done outside of this system. */
  | 'mark_done'
  /** It will not be done, for a reason. */
  | 'waive'
  /** Look no more for now: the milestone may still come. */
  | 'wait'
  | 'refund'
  | 'reship'
  | 'restock_and_refund';

interface AttentionKind {
  readonly owner: AttentionOwner;
  readonly choices: readonly AttentionChoice[];
  /** Whether a workflow waits for the answer; else the item is closed in the database alone. */
  readonly waiting: boolean;
}

const undoChoices = ['retry', 'mark_done', 'waive'] as const;
const parcelChoices = ['wait', 'refund', 'reship'] as const;
const deskChoices = ['mark_done', 'waive'] as const;

/** Everything that retries cannot fix: who looks at it, and what he can do about it. */
export const attentionKinds = {
  approval_overdue: { owner: 'support', choices: ['wait'], waiting: true },
  not_handed_over: { owner: 'warehouse', choices: ['wait', 'refund'], waiting: true },
  not_delivered: { owner: 'shipping', choices: parcelChoices, waiting: true },
  delivery_exception: { owner: 'shipping', choices: parcelChoices, waiting: true },
  parcel_returned: {
    owner: 'warehouse',
    choices: ['restock_and_refund', 'refund', 'reship'],
    waiting: true,
  },
  undo_stuck: { owner: 'support', choices: undoChoices, waiting: true },
  side_step_failed: { owner: 'support', choices: undoChoices, waiting: true },
  parcel_already_gone: { owner: 'shipping', choices: deskChoices, waiting: true },
  payment_disputed: { owner: 'payments', choices: deskChoices, waiting: false },
  return_stuck: { owner: 'support', choices: undoChoices, waiting: false },
  books_differ: { owner: 'payments', choices: deskChoices, waiting: false },
  service_gave_up: { owner: 'support', choices: undoChoices, waiting: false },
  message_not_taken: { owner: 'support', choices: deskChoices, waiting: false },
  workflow_task_failing: { owner: 'support', choices: deskChoices, waiting: false },
  order_without_workflow: { owner: 'support', choices: deskChoices, waiting: false },
} as const satisfies Readonly<Record<string, AttentionKind>>;

export type AttentionReason = keyof typeof attentionKinds;

export const attentionReasons = Object.keys(attentionKinds) as readonly AttentionReason[];

export const choicesFor = (reason: AttentionReason): readonly AttentionChoice[] =>
  attentionKinds[reason].choices;
