import { z } from 'zod';
import type { TeamPage } from '../../events/team.js';
import { content, type Handler } from '../reply.js';
import { found, queryOf, refuse } from '../request.js';

/** A longer one is no id of ours, and could not be looked up in an index. */
const longestParameter = 128;
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** A page of a team; the team knows what it shows, we know how it is asked and answered. */
export const getTeamPage =
  (page: TeamPage): Handler =>
  async (request, { database }) => {
    const parameters = request.params as Readonly<Record<string, string>>;
    if (!Object.values(parameters).every(isUsable)) refuse('nothing_known');
    const query = queryOf(request, page.query ?? z.strictObject({}));
    const answer = await page.answer(database, {
      parameters,
      query,
    });
    return content(200, found(answer, 'nothing_known'));
  };

const isUsable = (text: string): boolean =>
  text.length <= longestParameter && !unprintable.test(text);
