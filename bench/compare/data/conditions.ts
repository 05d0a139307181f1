import { z } from 'zod';

const machine = z.object({
  cores: z.int().min(1),
  memoryGib: z.number().min(0),
  platform: z.string(),
  node: z.string(),
  temporalServer: z.string(),
  temporalSdk: z.string(),
  postgres: z.string(),
});

const schema = z.object({
  /** When the run began, RFC 3339. */
  at: z.string(),
  commit: z.string(),
  machine,
  seeds: z.array(z.int().min(0)).min(1),
  /** How often the run went over all cells, each time with its share of the seeds. */
  rounds: z.int().min(1),
  ordersPerSeed: z.int().min(1),
  /** What was shortened, and how: the same for all arms. */
  timeScale: z.string(),
  minutes: z.number().min(0),
});

/** What the figures hold for; `machine` is that of bench/report.ts. */
export type Conditions = Readonly<z.output<typeof schema>>;

export const conditionsFile = 'conditions.json';

/** @throws Error that names what is missing or wrong */
export function readConditions(text: string): Conditions {
  const read = schema.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new Error(`${conditionsFile}: ${z.prettifyError(read.error)}`);
}
