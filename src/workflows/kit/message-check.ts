import { ApplicationFailure, log } from '@temporalio/workflow';
import { isAccepted, type SteeringMessage } from '../../domain/steering.js';
import { refusedType } from '../messages.js';
import type { OrderRecorder } from './recorder.js';

/** What a member of a message has to be: a text, or one of these texts. */
type Member = 'text' | readonly string[];

/** Members of a message, each with what it has to be. */
export type Form = Readonly<Record<string, Member>>;

/** Whether a message has these members. Whoever has the `temporal` CLI can send anything. */
export const isWellFormed = (message: unknown, form: Form): boolean =>
  typeof message === 'object' &&
  message !== null &&
  Object.entries(form).every(([name, member]) => {
    const value = (message as Record<string, unknown>)[name];
    return typeof value === 'string' && (member === 'text' || member.includes(value));
  });

/** What is said of a message that is not well formed. */
export const formOf = (form: Form): string =>
  Object.entries(form)
    .map(([name, member]) =>
      member === 'text' ? `${name}, a text` : `${name}: ${member.join(', ')}`,
    )
    .join('; ');

/**
 * A signal's handler that takes well-formed messages; any other is passed over. One that cannot be read
 * must not fail the workflow's task: it is tried again for ever, and the order stands still.
 */
export const whenWellFormed =
  <Message>(form: Form, handle: (message: Message) => void) =>
  (message: Message): void => {
    if (isWellFormed(message, form)) handle(message);
    else log.warn('a signal that is not well formed was passed over', { expected: formOf(form) });
  };

/** For a validator. @throws ApplicationFailure when the message is not well formed */
export function assertWellFormed(recorder: OrderRecorder, message: unknown, form: Form): void {
  if (!isWellFormed(message, form)) {
    throw refusal(recorder, `The message needs ${formOf(form)}`);
  }
}

/** What a validator throws: the message leaves no trace in the history, and the caller gets the reason. */
export const refusal = (recorder: OrderRecorder, message: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: refusedType,
    message,
    nonRetryable: true,
    details: [recorder.summary()],
  });

/** @throws ApplicationFailure when an order does not take this message at its stage */
export function assertAccepted(recorder: OrderRecorder, message: SteeringMessage): void {
  const { status, stage } = recorder.state;
  const isLate = recorder.isStopping && message !== 'resolveAttention';
  if (isLate || !isAccepted(recorder.state, message)) {
    const why = isLate ? 'is being taken back' : `is ${status}, at ${stage}`;
    throw refusal(recorder, `${message} is not possible: the order ${why}`);
  }
}
