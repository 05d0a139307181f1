import type { RequestHandler } from 'express';
import { sql } from 'kysely';
import type { Database } from '../../db/database.js';
import { withinOr } from '../../runtime/deadline.js';
import type { ApiDependencies } from '../dependencies.js';
import { content, type Handler, type Reply } from '../reply.js';

const checkLimitMs = 1_000;

/** `GET /healthz`: the process runs. */
export const getHealth = (): Reply => content(200, { status: 'alive' });

/** `GET /readyz`: this process can do its work now. */
export const getReadiness: Handler = async (_request, { database, workflows, isOpen }) => {
  const [databaseAnswers, temporalAnswers] = await Promise.all([
    answers(database),
    workflows.reachable(),
  ]);
  const isReady = isOpen() && databaseAnswers && temporalAnswers;
  return content(isReady ? 200 : 503, {
    status: isReady ? 'ready' : isOpen() ? 'not_ready' : 'stopping',
    checks: { database: availability(databaseAnswers), temporal: availability(temporalAnswers) },
  });
};

const answers = (database: Database): Promise<boolean> =>
  withinOr(sql`select 1`.execute(database).then(Boolean), checkLimitMs, () => false).catch(
    () => false,
  );

const availability = (isAvailable: boolean) => (isAvailable ? 'ok' : 'unavailable');

/** `GET /metrics` */
export const showMetrics =
  ({ metrics }: ApiDependencies): RequestHandler =>
  async (_request, response) => {
    const { contentType, text } = await metrics.read();
    response.set('Content-Type', contentType).send(text);
  };
