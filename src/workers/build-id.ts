import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const manifest = new URL('../../package.json', import.meta.url);
const digestLength = 12;

/** `<version>-<digest of the workflow code>`: two builds that replay alike have the same one. */
export async function buildIdOf(bundlePath: string): Promise<string> {
  const [text, bundle] = await Promise.all([readFile(manifest, 'utf8'), readFile(bundlePath)]);
  const { version } = JSON.parse(text) as { readonly version: string };
  const digest = createHash('sha256').update(bundle).digest('hex').slice(0, digestLength);
  return `${version}-${digest}`;
}
