import { ApplicationFailure } from '@temporalio/workflow';
import { isAccepted, type SteeringMessage } from '../domain/steering.js';
import { refusedType } from './messages.js';
import type { OrderLife } from './order-life.js';

/** What a validator throws: the message leaves no trace in the history, and the caller hears why. */
export const refuse = (life: OrderLife, message: string): ApplicationFailure =>
  ApplicationFailure.create({
    type: refusedType,
    message,
    nonRetryable: true,
    details: [life.summary()],
  });

/** @throws ApplicationFailure when an order does not take this message at its stage */
export function demand(life: OrderLife, message: SteeringMessage): void {
  const { status, stage } = life.state;
  const isLate = life.isStopped && message !== 'resolveAttention';
  if (isLate || !isAccepted(life.state, message)) {
    const why = isLate ? 'is being taken back' : `is ${status}, at ${stage}`;
    throw refuse(life, `${message} is not possible: the order ${why}`);
  }
}
