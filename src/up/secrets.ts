import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const secret = (prefix = '') =>
  z
    .string()
    .min(16)
    .default(() => `${prefix}${randomBytes(24).toString('hex')}`);

/** What is missing is made: folders of earlier versions do not have all of them. */
const secretsSchema = z.object({
  postgresPassword: secret(),
  stripeApiKey: secret('sk_test_'),
  stripeWebhookSecret: secret('whsec_'),
  easypostApiKey: secret('EZTK'),
  easypostWebhookSecret: secret(),
  orderCodeSecret: secret(),
  webhookSecretKey: secret(),
});

/** What the parts of one state folder share; worth nothing outside of this machine. */
export type Secrets = Readonly<z.infer<typeof secretsSchema>>;

/**
 * The secrets of the state folder, made at the first start and kept as long as its data.
 * @throws Error when the file is there and cannot be read
 */
export function loadSecrets(stateDir: string): Secrets {
  const file = join(stateDir, 'secrets.json');
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  const secrets = secretsSchema.parse(JSON.parse(kept));
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
