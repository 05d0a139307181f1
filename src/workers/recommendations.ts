import type { Recommendations } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { productTitles } from '../db/product-titles.js';
import type { Team } from '../events/team.js';
import { findTeams } from '../events/teams.js';

/** What the team that recommends something says, in our products' titles; nothing without one. */
export function teamRecommendations(
  database: Database,
  find: () => Promise<readonly Team[]> = findTeams,
): Recommendations {
  let teams: Promise<readonly Team[]> | undefined;
  return {
    suggest: async (orderId, limit) => {
      teams ??= find();
      const recommend = (await teams).find((team) => team.recommend !== undefined)?.recommend;
      if (recommend === undefined) return [];
      const skus = await recommend(database, orderId, limit);
      return skus.length === 0 ? [] : productTitles(database, skus);
    },
  };
}
