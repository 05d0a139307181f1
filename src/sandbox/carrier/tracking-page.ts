import { Router } from 'express';
import type { Context } from '../context.js';
import type { Tracker } from './tracker.js';

/** Where a customer sees the way of his parcel. */
export const trackingPath = (trackingNumber: string): string => `/track/${trackingNumber}`;

/** The page behind a tracker's `public_url`: plain text, without a key. */
export function trackingPages({ store }: Context): Router {
  const router = Router();
  router.get('/track/:number', async (request, response) => {
    const filter = { kind: 'tracker', alias: request.params.number, limit: 1 } as const;
    const tracker = (await store.select(filter))[0]?.body as Tracker | undefined;
    response.type('text').set('cache-control', 'no-store');
    if (tracker === undefined) response.status(404).send('There is no such parcel.\n');
    else response.send(`${linesOf(tracker).join('\n')}\n`);
  });
  return router;
}

const linesOf = (tracker: Tracker): readonly string[] => [
  `${tracker.carrier} ${tracker.tracking_code}`,
  '',
  ...tracker.tracking_details.map(({ datetime, message }) => `${datetime}  ${message}`),
];
