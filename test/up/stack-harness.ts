import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { upConfig, type UpConfig } from '../../src/config.js';
import { startStack, type Stack, type StackOptions } from '../../src/up/stack.js';
import { testDatabase } from '../support/postgres.js';

const standInRole = fileURLToPath(new URL('fixtures/role.mjs', import.meta.url));
const standInScripts = {
  sandbox: standInRole,
  worker: standInRole,
  services: standInRole,
  relay: standInRole,
  api: standInRole,
} as const;

export interface Ground {
  readonly stateDir: string;
  readonly lines: string[];
  /** The run's own Postgres and Temporal, so that a start takes no more than its roles do. */
  readonly config: UpConfig;
  start(options?: Partial<StackOptions>): Promise<Stack>;
  clear(): Promise<void>;
}

/** A state folder of its own, on which stacks of stand-in roles are started. */
export async function aGround(): Promise<Ground> {
  const stateDir = await mkdtemp(join(tmpdir(), 'stack-'));
  const orders = await testDatabase({ migrated: true });
  const sandbox = await testDatabase({ migrated: false });
  const lines: string[] = [];
  const config = {
    ...upConfig({}),
    DATABASE_URL: orders.url,
    SANDBOX_DATABASE_URL: sandbox.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  };
  return {
    stateDir,
    lines,
    config,
    start: (options = {}) =>
      startStack({
        stateDir,
        config,
        ports: 'free',
        temporal: 'memory',
        scripts: standInScripts,
        print: (line) => lines.push(line),
        ...options,
      }),
    clear: async () => {
      await Promise.all([orders.drop(), sandbox.drop()]);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
