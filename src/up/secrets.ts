import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const random = (): string => randomBytes(24).toString('hex');

const secretsSchema = z.object({
  postgresPassword: z.string().min(16),
  stripeApiKey: z.string().min(16),
  stripeWebhookSecret: z.string().min(16),
  easypostApiKey: z.string().min(16),
  easypostWebhookSecret: z.string().min(16),
  /** Made when they are missing: folders of earlier versions have none. */
  orderCodeSecret: z.string().min(16).default(random),
  webhookSecretKey: z.string().min(16).default(random),
});

/** What the parts of one state folder share; worth nothing outside of this machine. */
export type Secrets = Readonly<z.infer<typeof secretsSchema>>;

/**
 * The secrets of the state folder, made at the first start and kept as long as its data.
 * @throws Error when the file is there and cannot be read
 */
export function loadSecrets(stateDir: string): Secrets {
  const file = join(stateDir, 'secrets.json');
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const secrets = kept === undefined ? newSecrets() : secretsSchema.parse(JSON.parse(kept));
  const content = JSON.stringify(secrets, undefined, 2);
  if (content !== kept) writePrivately(file, content);
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
  return {
    postgresPassword: random(),
    stripeApiKey: `sk_test_${random()}`,
    stripeWebhookSecret: `whsec_${random()}`,
    easypostApiKey: `EZTK${random()}`,
    easypostWebhookSecret: random(),
    orderCodeSecret: random(),
    webhookSecretKey: random(),
  };
}
