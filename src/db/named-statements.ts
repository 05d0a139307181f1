import pg from 'pg';

/** Far above the number of our texts: a text with variable parts must not pile up in every connection. */
const mostNames = 300;
const names = new Map<string, string>();

/** SQLSTATE of a prepared statement whose columns were changed, as by a migration, since it was prepared. */
const changedColumns = '0A000';

type Arguments = [query: unknown, values?: unknown, callback?: unknown];

/**
 * A connection that Postgres parses and plans each text of ours for only once: a text with parameters is
 * a prepared statement. A pooler in transaction mode has to know such statements (PgBouncer from 1.21 on,
 * with `max_prepared_statements`); for another one, `?prepare=false` in the database's URL switches them off.
 */
export class NamingClient extends pg.Client {
  private generation = 0;

  override query(...given: Arguments): never {
    const [text, values, callback] = given;
    const send = super.query.bind(this) as (...sent: Arguments) => never;
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0 || callback) {
      return send(...given);
    }
    const name = nameOf(text);
    if (name === undefined) return send(...given);
    return this.sendNamed(send, { name, text, values }) as never;
  }

  private async sendNamed(
    send: (query: object) => Promise<unknown>,
    {
      name,
      ...query
    }: { readonly name: string; readonly text: string; readonly values: unknown[] },
  ): Promise<unknown> {
    const generation = this.generation;
    try {
      return await send({ ...query, name: `${name}_${generation}` });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== changedColumns) throw error;
      // All that this connection prepared may be outdated. Within a transaction the repeated statement fails.
      this.generation = generation + 1;
      return send({ ...query, name: `${name}_${this.generation}` });
    }
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `q${names.size}`;
  names.set(text, name);
  return name;
}
