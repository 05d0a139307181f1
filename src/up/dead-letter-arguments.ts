/** What is to be done about dead letters. */
type DeadLetterAction =
  | { readonly kind: 'list' }
  | { readonly kind: 'replay_all' }
  | { readonly kind: 'replay'; readonly id: string }
  | { readonly kind: 'discard'; readonly id: string; readonly reason: string };

export interface DeadLetterArguments {
  readonly kind: 'dead-letters';
  readonly action: DeadLetterAction;
  /** Whose letters; undefined: everybody's. */
  readonly consumer: string | undefined;
  /** Who decides, an opaque name; undefined: the API's own word for it. */
  readonly by: string | undefined;
}

export interface DeadLetterValues {
  readonly all?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly consumer?: string | undefined;
  readonly by?: string | undefined;
}

/** What follows `dead-letters` on the command line. @returns a message when it makes no sense */
export function deadLetterArguments(
  rest: readonly string[],
  values: DeadLetterValues,
): DeadLetterArguments | string {
  const action = actionOf(rest, values);
  if (typeof action === 'string') return action;
  return { kind: 'dead-letters', action, consumer: values.consumer, by: values.by };
}

function actionOf(
  [verb, id, ...surplus]: readonly string[],
  { all = false, reason }: DeadLetterValues,
): DeadLetterAction | string {
  if (surplus.length > 0) return `What is ${surplus.join(' ')}?`;
  switch (verb) {
    case undefined:
      return { kind: 'list' };
    case 'replay':
      if (all === (id !== undefined)) return 'replay takes the id of a dead letter, or --all.';
      return id === undefined ? { kind: 'replay_all' } : { kind: 'replay', id };
    case 'discard':
      if (id === undefined) return 'discard takes the id of a dead letter.';
      if (reason === undefined) return 'discard needs a --reason.';
      return { kind: 'discard', id, reason };
    default:
      return `What is ${verb}?`;
  }
}
