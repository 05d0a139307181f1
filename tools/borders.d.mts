/** See borders.mjs. */
export const borders: Readonly<Record<string, unknown>>;
export function bordersTable(): string;
