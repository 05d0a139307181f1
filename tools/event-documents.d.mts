interface Events {
  readonly catalogue: Readonly<
    Record<
      string,
      { readonly version: number; readonly meaning: string; readonly reverses?: string }
    >
  >;
  /** The same by what they are about, under the titles of their tables. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly envelope: object;
  readonly schemas: readonly {
    readonly type: string;
    readonly version: number;
    readonly schema: Readonly<Record<string, unknown>>;
  }[];
}

type Schemas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** `docs/events/released.json`: the schema of each version that was ever released. */
export function readReleased(read: (file: string) => string): Schemas;

/**
 * What `npm run docs:events` writes: the text of each file by its path.
 * @throws Error naming each promise of a released version that the schemas do not keep
 */
export function eventDocuments(
  events: Events,
  released: Schemas,
  brokenPromises: (released: Schemas, now: Schemas) => readonly string[],
): Promise<Readonly<Record<string, string>>>;
