import type { Express } from 'express';
import type { ApiDependencies } from './dependencies.js';
import { endpoint, jsonBody } from './endpoint.js';
import { answering } from './reply.js';
import {
  discardDeadLetter,
  getDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
} from './routes/dead-letters.js';
import { getTeamPage } from './routes/team-pages.js';

/** What consumers could not take, and the pages of the teams that are there. */
export function consumerEndpoints(app: Express, api: ApiDependencies): void {
  endpoint(app, '/v1/dead-letters', { get: [answering(getDeadLetters(api))] });
  endpoint(app, '/v1/dead-letters/replay', {
    post: [...jsonBody, answering(replayDeadLetters(api))],
  });
  endpoint(app, '/v1/dead-letters/:id/replay', {
    post: [...jsonBody, answering(replayDeadLetter(api))],
  });
  endpoint(app, '/v1/dead-letters/:id/discard', {
    post: [...jsonBody, answering(discardDeadLetter(api))],
  });
  for (const page of api.teams.flatMap(({ pages }) => pages)) {
    endpoint(app, page.path, { get: [answering(getTeamPage(api, page))] });
  }
}
