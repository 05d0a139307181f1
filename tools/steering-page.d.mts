interface SteeringTable {
  readonly accepts: Readonly<Record<string, readonly string[]>>;
  readonly orderCommands: readonly string[];
  readonly commandMeanings: Readonly<Record<string, string>>;
  readonly stageMeanings: Readonly<Record<string, string>>;
}

/** `docs/steering.md`, as `src/domain/commands.ts` has it. */
export function steeringPage(table: SteeringTable): Promise<string>;
