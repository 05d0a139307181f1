import { z } from 'zod';
import { define } from './definition.js';
import { count, identifier } from './members.js';

export const pointsEvents = define({
  'points.awarded': {
    meaning: 'A member was given points for the order.',
    data: z.object({ points: count }),
    dataOf: ({ points }) => ({ points }),
  },
  'points.revoked': {
    meaning: 'Points for the order were taken back.',
    reverses: 'points.awarded',
    data: z.object({
      points: count.optional().describe('how many; absent when it was all of them'),
      return_id: identifier.optional().describe('the return that it is for'),
    }),
    dataOf: ({ points, returnId }) => ({ points, return_id: returnId }),
  },
});
