import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({
  postgresPassword: z.string().min(16),
  stripeApiKey: z.string().min(16),
  stripeWebhookSecret: z.string().min(16),
  easypostApiKey: z.string().min(16),
  easypostWebhookSecret: z.string().min(16),
});

/** What the parts of one state folder share; worth nothing outside of this machine. */
export type Secrets = Readonly<z.infer<typeof secretsSchema>>;

/**
 * The secrets of the state folder, made at the first start and kept as long as its data.
 * @throws Error when the file is there and cannot be read
 */
export function loadSecrets(stateDir: string): Secrets {
  const file = join(stateDir, 'secrets.json');
  if (existsSync(file)) return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const secrets = newSecrets();
  writePrivately(file, JSON.stringify(secrets, undefined, 2));
  return secrets;
}

/** Writes a file that only its owner may read; a reader sees all of it or the one before. */
export function writePrivately(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const making = `${file}.${process.pid}`;
  writeFileSync(making, content, { mode: 0o600 });
  renameSync(making, file);
}

function newSecrets(): Secrets {
  const random = () => randomBytes(24).toString('hex');
  return {
    postgresPassword: random(),
    stripeApiKey: `sk_test_${random()}`,
    stripeWebhookSecret: `whsec_${random()}`,
    easypostApiKey: `EZTK${random()}`,
    easypostWebhookSecret: random(),
  };
}
