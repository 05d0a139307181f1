interface SteeringTable {
  readonly accepts: Readonly<Record<string, readonly string[]>>;
  readonly steeringMessages: readonly string[];
  readonly messageMeanings: Readonly<Record<string, string>>;
  readonly stageMeanings: Readonly<Record<string, string>>;
}

/** `docs/steering.md`, as `src/domain/steering.ts` has it. */
export function steeringPage(table: SteeringTable): Promise<string>;
