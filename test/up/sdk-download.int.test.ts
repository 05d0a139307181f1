import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inheritedEnvironment } from '../../src/config.js';
import { versionOf } from '../../src/up/temporal/program.js';
import { downloadWithSdk } from '../../src/up/temporal/sdk-download.js';

const script = fileURLToPath(new URL('fixtures/download.mjs', import.meta.url));
const limits = { firstByteMs: 400, stallMs: 400, totalMs: 20_000 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const download = (version: string, firstByteMs = limits.firstByteMs) =>
  downloadWithSdk({
    kind: 'cli',
    version,
    folder,
    script,
    environment: inheritedEnvironment(),
    limits: { ...limits, firstByteMs },
  });

describe('the download by the SDK', () => {
  test('that fails is reported at once, with its cause', async () => {
    expect(await download('fails', 15_000)).toEqual({
      kind: 'missing',
      reason: 'Error: no such host',
    });
  });

  test('without a first byte is given up', async () => {
    expect(await download('silent')).toEqual({ kind: 'missing', reason: 'no bytes arrived' });
  });

  test('that stalls is given up, and its half file is not taken', async () => {
    expect(await download('stalls', 15_000)).toEqual({
      kind: 'missing',
      reason: 'the download stalled after 10 bytes',
    });
  });

  test('that ends well gives a program that runs', async () => {
    const finding = await download('works', 15_000);
    expect(finding).toMatchObject({ kind: 'found' });
    if (finding.kind === 'found') expect(await versionOf(finding.value)).toBe('fine');
  });
});
