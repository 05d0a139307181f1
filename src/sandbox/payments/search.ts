import type { ObjectFilter } from '../store.js';

const term =
  /^\s*(?:metadata\["?'?([^\]'"]+)"?'?\]|(status)|(currency))\s*[:=]\s*["']([^"']*)["']\s*$/;

type SearchFilter = Pick<ObjectFilter, 'orderId' | 'bodyTexts'>;

/**
 * Reads a search such as `metadata['order_id']:'ord_1' AND status:'succeeded'`.
 * @returns undefined when it is not understood.
 */
export function parseSearch(query: string): SearchFilter | undefined {
  let orderId: string | undefined;
  const bodyTexts: (readonly [readonly string[], string])[] = [];
  for (const part of query.split(/\s+AND\s+/i)) {
    const match = term.exec(part);
    if (match === null) return undefined;
    const [, key, status, currency, text = ''] = match;
    if (key === 'order_id') orderId = text;
    else if (key !== undefined) bodyTexts.push([['metadata', key], text]);
    else bodyTexts.push([[status ?? currency ?? ''], text]);
  }
  return { orderId, bodyTexts };
}
