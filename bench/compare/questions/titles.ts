import type { ArmName, EffortMeasure, FaultName } from '../data/names.js';

/** What an arm is, for somebody who meets it here for the first time. */
export const armTitles: Readonly<Record<ArmName, string>> = {
  saga: 'orchestration alone: one Temporal workflow leads each order, and nobody listens to events',
  naive:
    'choreography as it is often written: events are published after the commit and acknowledged even when handling them failed. A bad example, kept for the comparison',
  outbox:
    'choreography with outbox and inbox: an event leaves with its commit, counts once, is tried again, and what cannot be handled is parked for a person',
  mix: 'this service as it is: a workflow leads each order, and other teams hear of it by events from the outbox',
};

export const faultTitles: Readonly<Record<FaultName, string>> = {
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
  undo_fails_for_ever: 'an undo fails for ever',
  last_item: 'all want the last item',
  poison_message: 'a message that nobody can read',
  slow_consumer: 'a consumer is slow',
  cancel_at_each_state: 'the buyer cancels, at each state',
  broker_restarted: 'the broker restarts',
  engine_restarted: 'the engine restarts',
  database_restarted: 'the database restarts',
  new_version: 'a new version is deployed',
  card_declined: 'a card is declined',
};

export const effortTitles: Readonly<Record<EffortMeasure, string>> = {
  operator_commands_to_find: 'commands to find it',
  operator_commands_to_mend: 'commands to mend it',
  files_touched_for_fraud_check: 'files touched for a fraud check',
  services_touched_for_fraud_check: 'services touched for a fraud check',
  subscriptions: 'subscriptions to events',
  payload_fields: 'payload fields that services must know',
  lines_of_code: 'lines of code',
};
