import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, log, setHandler } from '@temporalio/workflow';
import { describeForm, isWellFormed, type MessageForm } from '../../domain/message-form.js';
import { isAccepted, type OrderCommand } from '../../domain/commands.js';
import { refusedType } from '../messages.js';
import type { OrderRecorder } from './recorder.js';

/** An order or a return: where it stands goes along with every refusal. */
interface Subject {
  readonly summary: () => unknown;
}

/**
 * Takes well-formed messages; any other is passed over. One that cannot be read must not fail the
 * workflow's task: that would be retried without an end, and the order would stand still.
 */
export function onSignal<Message>(
  definition: SignalDefinition<[Message]>,
  form: MessageForm,
  handle: (message: Message) => void,
): void {
  const handler = (message: Message): void => {
    if (isWellFormed(message, form)) handle(message);
    else {
      const expected = describeForm(form);
      log.warn('a signal that is not well formed was passed over', { expected });
    }
  };
  setHandler<undefined, [Message], SignalDefinition<[Message]>>(definition, handler);
}

/** @param check throws a {@link refusal}: a refused message leaves no trace in the history */
export function onUpdate<Answer, Message>(
  definition: UpdateDefinition<Answer, [Message]>,
  description: string,
  { check, handle }: UpdateHandler<Answer, Message>,
): void {
  setHandler<Answer, [Message], UpdateDefinition<Answer, [Message]>>(definition, handle, {
    validator: check,
    description,
  });
}

interface UpdateHandler<Answer, Message> {
  readonly check: (message: Message) => void;
  readonly handle: (message: Message) => Promise<Answer>;
}

/** For a validator. @throws ApplicationFailure when the message is not well formed */
export function assertWellFormed(subject: Subject, message: unknown, form: MessageForm): void {
  if (!isWellFormed(message, form)) {
    throw refusal(subject, `The message needs ${describeForm(form)}`);
  }
}

/** What a validator throws: the caller gets the reason, and where the order or the return stands. */
export const refusal = (
  subject: Subject,
  message: string,
  type = refusedType,
): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable: true, details: [subject.summary()] });

/** @throws ApplicationFailure when an order does not take this message at its stage */
export function assertAccepted(recorder: OrderRecorder, message: OrderCommand): void {
  const { status, stage } = recorder.state;
  const isLate = recorder.isStopping && message !== 'resolveAttention';
  if (isLate || !isAccepted(recorder.state, message)) {
    const why = isLate ? 'is being taken back' : `is ${status}, at ${stage}`;
    throw refusal(recorder, `${message} is not possible: the order ${why}`);
  }
}
