import type { Request } from 'express';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { TeamPage } from '../../events/team.js';
import type { ApiDependencies } from '../dependencies.js';
import { problem } from '../problem.js';
import { content, type Reply } from '../reply.js';
import { parseQuery } from '../schemas/parse.js';

/** A longer one is no id of ours, and could not be looked up in an index. */
const longestParameter = 128;
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** A page of a team; the team knows what it shows, we know how it is asked and answered. */
export const getTeamPage =
  ({ database }: Pick<ApiDependencies, 'database'>, page: TeamPage) =>
  async (request: Request): Promise<Reply> => {
    const parameters = request.params as Readonly<Record<string, string>>;
    if (!Object.values(parameters).every(isUsable)) return notFound;
    const query = parseQuery(page.query ?? z.strictObject({}), request.query);
    if (query.kind === 'invalid') return query.problem;
    const answer = await page.answer(database as unknown as Kysely<unknown>, {
      parameters,
      query: query.value,
    });
    return answer === undefined ? notFound : content(200, answer);
  };

const notFound = problem('nothing_known');

const isUsable = (text: string): boolean =>
  text.length <= longestParameter && !unprintable.test(text);
