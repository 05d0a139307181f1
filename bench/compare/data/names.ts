/** Who does the same orders under the same faults. */
export const armNames = ['saga', 'naive', 'outbox', 'mix'] as const;
export type ArmName = (typeof armNames)[number];

/** What goes wrong while they do; `none` is the quiet run. */
export const faultNames = [
  'none',
  'kill_before_effect',
  'kill_after_effect',
  'kill_after_commit',
  'event_lost',
  'event_doubled',
  'event_reordered',
  'event_delayed',
  'answer_lost',
  'undo_fails_for_a_while',
  'undo_fails_for_ever',
  'last_item',
  'poison_message',
  'slow_consumer',
  'cancel_at_each_state',
  'broker_restarted',
  'engine_restarted',
  'database_restarted',
  'new_version',
  'card_declined',
] as const;
export type FaultName = (typeof faultNames)[number];

/** What was counted once in the code and at the keyboard, not measured in runs. */
export const effortMeasures = [
  'operator_commands_to_find',
  'operator_commands_to_mend',
  'files_touched_for_fraud_check',
  'services_touched_for_fraud_check',
  'subscriptions',
  'payload_fields',
  'lines_of_code',
] as const;
export type EffortMeasure = (typeof effortMeasures)[number];
