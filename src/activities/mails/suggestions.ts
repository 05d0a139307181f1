import type { OrderId } from '../../domain/ids.js';
import { withinOr } from '../../runtime/deadline.js';
import type { Recommendations, SuggestedProduct } from '../ports.js';

/** A mail never waits longer than this for what it can do without, in milliseconds. */
const suggestionLimitMs = 300;
const mostSuggestions = 3;

/** What the mail about an order may suggest; nothing where nobody knows, in time. */
export async function suggestionsFor(
  recommendations: Recommendations | undefined,
  orderId: OrderId,
): Promise<readonly SuggestedProduct[]> {
  if (recommendations === undefined) return [];
  const none = (): readonly SuggestedProduct[] => [];
  // A failure costs the suggestions, never the mail.
  const suggest = async () => recommendations.suggest(orderId, mostSuggestions);
  return withinOr(suggest().catch(none), suggestionLimitMs, none);
}
