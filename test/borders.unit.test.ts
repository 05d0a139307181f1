import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import { format, resolveConfig } from 'prettier';
import tseslint from 'typescript-eslint';
import { beforeAll, expect, test } from 'vitest';
import { borders, bordersTable } from '../tools/borders.mjs';

let eslint: ESLint;
beforeAll(async () => {
  const rules = (await import(new URL('../eslint.config.js', import.meta.url).href)) as {
    default: readonly Linter.Config[];
  };
  eslint = new ESLint({
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { '@typescript-eslint': tseslint.plugin },
      },
      ...rules.default.filter((config) => config.name?.startsWith('border: ')),
    ],
  });
});

async function refused(file: string, code: string): Promise<number> {
  const root = /^(examples|bench)\//.test(file) ? '' : 'src/';
  const [result] = await eslint.lintText(`${code}\n`, { filePath: `${root}${file}` });
  return result!.errorCount;
}

/** By folder; `x.ts` stands in the folder itself. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  'domain/x.ts': [
    "import { typeid } from 'typeid-js';",
    "import { readFile } from 'node:fs';",
    "import { sleep } from '@temporalio/workflow';",
    "export { order } from '../workflows/order.js';",
    "export type Order = import('../db/orders.js').OrderRow;",
    "void import('../events/log.js');",
  ],
  'workflows/x.ts': [
    "import { randomUUID } from 'node:crypto';",
    "import { z } from 'zod';",
    "import { createActivities } from '../activities/index.js';",
    "import { openDatabase } from '../db/database.js';",
    "import { apiConfig } from '../config.js';",
    "import { proxyActivities } from '@temporalio/workflow';",
    "import { scheduleActivity } from '@temporalio/workflow';",
  ],
  'workflows/order/x.ts': [
    "import { proxyLocalActivities } from '@temporalio/workflow';",
    "import { patched } from '@temporalio/workflow';",
    "import { deprecatePatch } from '@temporalio/workflow';",
  ],
  'workflows/kit/x.ts': [
    "import { scheduleLocalActivity } from '@temporalio/workflow';",
    "import { createActivities } from '../../activities/index.js';",
  ],
  'activities/x.ts': ["import { stripePayments } from '../adapters/stripe.js';"],
  'adapters/x.ts': [
    "import { ApplicationFailure } from '@temporalio/common';",
    "import { createActivities } from '../activities/index.js';",
  ],
  'choreography/x.ts': [
    "import { startServices } from '../workers/services.js';",
    "import { setTimeout } from 'node:timers/promises';",
  ],
  'db/x.ts': ["import { createApp } from '../api/app.js';"],
  'events/x.ts': [
    "import { Client } from '@temporalio/client';",
    "import { team } from '../teams/analytics/team.js';",
  ],
  'temporal/x.ts': [
    "import { order } from '../workflows/order.js';",
    "import { Worker } from '@temporalio/worker';",
    "import { comparePayments } from '../activities/reconciliation-ports.js';",
  ],
  'api/x.ts': [
    "import { order } from '../workflows/order.js';",
    "import { createActivities } from '../activities/index.js';",
    "import { services } from '../choreography/services.js';",
  ],
  'relay/x.ts': ["import { createApp } from '../api/app.js';"],
  'teams/one/x.ts': [
    "import type { OrderId } from '../../domain/ids.js';",
    "import { ConsumerUnavailable } from '../../events/consumer.js';",
    "import { team } from '../analytics/team.js';",
    "import pg from 'pg';",
  ],
  'sandbox/x.ts': [
    "import Stripe from 'stripe';",
    "import { placed } from '../domain/order-state.js';",
  ],
  'workers/x.ts': [
    "import { team } from '../teams/analytics/team.js';",
    "import { planted } from '../new/planted.js';",
    "import { merge } from 'lodash';",
  ],
  'up/x.ts': ["import { startWorker } from '../workers/worker.js';"],
  'runtime/x.ts': ["import { money } from '../domain/money.js';"],
  'config.ts': ["import { pino } from 'pino';"],
  'logger.ts': ["import { apiConfig } from './config.js';"],
  'role.ts': ["import { logger } from './logger.js';"],
  'examples/x.ts': ["import { openDatabase } from '../src/db/database.js';"],
  'bench/x.ts': ["import { team } from '../src/teams/analytics/team.js';"],
  'new/x.ts': ["import { money } from '../domain/money.js';", "import { pino } from 'pino';"],
};

const allowed: typeof forbidden = {
  'domain/x.ts': ["import { money } from './money.js';"],
  'workflows/x.ts': [
    "import type { OrderActivities } from '../activities/index.js';",
    "import { condition } from '@temporalio/workflow';",
  ],
  'workflows/kit/x.ts': ["import { patched, scheduleActivity } from '@temporalio/workflow';"],
  'adapters/x.ts': ["import { type Journal } from '../activities/ports.js';"],
  'api/x.ts': ["import { statusQuery } from '../workflows/messages.js';"],
  'teams/one/x.ts': [
    "import type { Team } from '../../events/team.js';",
    "import { readData } from '../../events/catalogue/read-event.js';",
    "import { tiers } from './tiers.js';",
  ],
};

const cases = (table: typeof forbidden) =>
  Object.entries(table).flatMap(([file, codes]) => codes.map((code) => [file, code] as const));

test.each(cases(forbidden))('the linter refuses, in %s: %s', async (file, code) => {
  expect(await refused(file, code)).toBe(1);
});

test.each(cases(allowed))('the linter lets pass, in %s: %s', async (file, code) => {
  expect(await refused(file, code)).toBe(0);
});

test('each folder with a line in tools/borders.mjs has a forbidden import above', () => {
  const planted = Object.keys(forbidden).map((file) => file.split(/[/.]/)[0]);
  expect(new Set(planted)).toEqual(new Set([...Object.keys(borders), 'new']));
});

test('the table of docs/architecture.md is the one of tools/borders.mjs', async () => {
  const file = fileURLToPath(new URL('../docs/architecture.md', import.meta.url));
  const table = await format(bordersTable(), {
    ...(await resolveConfig(file)),
    parser: 'markdown',
  });
  expect(readFileSync(file, 'utf8')).toContain(table);
});
