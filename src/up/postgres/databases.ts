import pg from 'pg';

const connectLimitMs = 5_000;
const statementLimitMs = 30_000;
const noSuchDatabase = '3D000';
const databaseExists = '42P04';
const wrongPassword = '28P01';

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}

/** The name of the database that the URL points to. */
export const databaseName = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';

/** Opens one connection for one piece of work. */
export async function withClient<Answer>(
  url: string,
  work: (client: pg.Client) => Promise<Answer>,
): Promise<Answer> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: statementLimitMs,
  });
  // The server may end the connection while it is idle; the next statement reports that.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * One try, bounded.
 * @throws Error when the server refuses the password: waiting would not help
 */
export async function answersQueries(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('SELECT 1'));
    return true;
  } catch (error) {
    if (codeOf(error) === wrongPassword) throw error;
    return false;
  }
}

/**
 * Creates the database of the URL unless it is there.
 * @throws Error when the server is away or refuses
 */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await withClient(url, (client) => client.query('SELECT 1'));
  } catch (error) {
    if (codeOf(error) !== noSuchDatabase) throw error;
    await createDatabase(url);
  }
}

async function createDatabase(url: string): Promise<void> {
  const name = databaseName(url);
  try {
    await withClient(withDatabase(url, 'postgres'), (client) =>
      client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`),
    );
  } catch (error) {
    if (codeOf(error) !== databaseExists) throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
