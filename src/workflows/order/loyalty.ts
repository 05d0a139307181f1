import type { Compensation } from '../kit/saga.js';
import type { OrderContext } from './context.js';

export const awardPoints = ({ recorder }: OrderContext): Promise<null> =>
  recorder.performBeside('awardPoints', {}, 'Award reward points');

export const revokePoints = ({ recorder }: OrderContext): Compensation => ({
  name: 'revokePoints',
  run: () => recorder.perform('revokePoints', {}, 'Take the points back'),
});
