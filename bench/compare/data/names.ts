const namesIn = <Name extends string>(titles: Readonly<Record<Name, string>>): readonly Name[] =>
  Object.keys(titles) as Name[];

/** The ways to carry the same orders under the same faults, for a reader who meets them here first. */
export const variantTitles = {
  saga: 'orchestration alone: one Temporal workflow leads each order, and nobody listens to events',
  naive:
    'choreography as it is often written: events are published after the commit and acknowledged even when handling them failed. A bad example, kept for the comparison',
  outbox:
    'choreography with outbox and inbox: an event leaves with its commit, counts once, is tried again, and what cannot be handled becomes a dead letter for a person',
  mix: 'this service as it is: a workflow leads each order, and other teams receive its events from the outbox',
} as const;
export type VariantName = keyof typeof variantTitles;
export const variantNames = namesIn(variantTitles);

/** What goes wrong meanwhile; `none` is the quiet run. */
export const faultTitles = {
  none: 'nothing goes wrong',
  kill_before_effect: 'killed before the effect',
  kill_after_effect: 'killed after the effect',
  kill_after_commit: 'killed after the commit',
  event_lost: 'an event is lost',
  event_doubled: 'an event comes twice',
  event_reordered: 'events change places',
  event_delayed: 'an event comes late',
  answer_lost: "a provider's answer is lost",
  undo_fails_for_a_while: 'an undo fails for a while',
  undo_fails_for_ever: 'an undo never succeeds',
  last_item: 'all want the last item',
  poison_message: 'a message that nobody can read',
  slow_consumer: 'a consumer is slow',
  cancel_at_each_state: 'the buyer cancels, at each state',
  broker_restarted: 'the broker restarts',
  engine_restarted: 'the engine restarts',
  database_restarted: 'the database restarts',
  new_version: 'a new version is deployed',
  card_declined: 'a card is declined',
} as const;
export type FaultName = keyof typeof faultTitles;
export const faultNames = namesIn(faultTitles);

/** What was counted once in the code and at the keyboard, not measured in runs. */
export const effortTitles = {
  operator_commands_to_find: 'commands to find it',
  operator_commands_to_mend: 'commands to mend it',
  files_touched_for_fraud_check: 'files of code touched for a fraud check',
  files_by_hand_for_fraud_check: 'files written by hand for a fraud check',
  services_touched_for_fraud_check: 'services touched for a fraud check',
  subscriptions: 'subscriptions to events',
  payload_fields: 'payload fields that services must know',
  lines_of_code: 'lines of code',
} as const;
export type EffortMeasure = keyof typeof effortTitles;
export const effortMeasures = namesIn(effortTitles);
