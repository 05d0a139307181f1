import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';

/** SQLSTATEs of our own functions that say "never": an unknown order, a past revision, a barred hold. */
const refusals: ReadonlySet<string> = new Set(['OR404', 'OR409', 'IN409']);

/** Runs a statement; what Postgres refuses by rule is final, everything else may work later. */
export async function ask<Result>(statement: () => Promise<Result>): Promise<Result> {
  try {
    return await statement();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw refusals.has(sqlStateOf(error))
      ? new ProviderRefused(message)
      : new ProviderUnavailable(message);
  }
}

const sqlStateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
