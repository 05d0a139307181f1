import { ProviderRefused, ProviderUnavailable } from '../domain/failures.js';

/** SQLSTATEs of our own functions that say "never": an unknown order, a past revision, a barred hold. */
const refusals: ReadonlySet<string> = new Set(['OR404', 'OR409', 'IN409']);

type Methods<Port> = Readonly<Record<keyof Port, (...parameters: never[]) => Promise<unknown>>>;

/** A port over our database: what Postgres refuses by rule is final, everything else may work later. */
export function overPostgres<Port extends Methods<Port>>(port: Port): Port {
  const methods = Object.entries<Methods<Port>[keyof Port]>(port);
  return Object.fromEntries(
    methods.map(([name, method]) => [
      name,
      (...parameters: never[]) => translated(method(...parameters)),
    ]),
  ) as Port;
}

export const translated = <Result>(answer: Promise<Result>): Promise<Result> =>
  answer.catch(translate);

function translate(error: unknown): never {
  if (error instanceof ProviderRefused) throw error;
  const message = error instanceof Error ? error.message : String(error);
  throw refusals.has(sqlStateOf(error))
    ? new ProviderRefused(message)
    : new ProviderUnavailable(message);
}

const sqlStateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
