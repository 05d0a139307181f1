import type { OrderId } from '../../domain/ids.js';
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<readonly SuggestedProduct[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([]);
    }, suggestionLimitMs);
  });
  try {
    return await Promise.race([recommendations.suggest(orderId, mostSuggestions), late]);
  } catch {
    // The parcel is what the mail is about.
    return [];
  } finally {
    clearTimeout(timer);
  }
}
