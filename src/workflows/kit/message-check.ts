import { ApplicationFailure, log } from '@temporalio/workflow';
import { describeForm, isWellFormed, type MessageForm } from '../../domain/message-form.js';
import { isAccepted, type SteeringMessage } from '../../domain/steering.js';
import { refusedType } from '../messages.js';
import type { OrderRecorder } from './recorder.js';

/**
 * A signal's handler that takes well-formed messages; any other is passed over. One that cannot be read
 * must not fail the workflow's task: it is tried again for ever, and the order stands still.
 */
export const whenWellFormed =
  <Message>(form: MessageForm, handle: (message: Message) => void) =>
  (message: Message): void => {
    if (isWellFormed(message, form)) handle(message);
    else
      log.warn('a signal that is not well formed was passed over', {
        expected: describeForm(form),
      });
  };

/** For a validator. @throws ApplicationFailure when the message is not well formed */
export function assertWellFormed(
  recorder: OrderRecorder,
  message: unknown,
  form: MessageForm,
): void {
  if (!isWellFormed(message, form)) {
    throw refusal(recorder, `The message needs ${describeForm(form)}`);
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
