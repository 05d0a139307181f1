import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, expect, test } from 'vitest';

let eslint: ESLint;
beforeAll(async () => {
  const rules = (await import(new URL('../eslint.config.js', import.meta.url).href)) as {
    default: readonly Linter.Config[];
  };
  const borders = rules.default.filter((config) => config.name?.startsWith('border: '));
  eslint = new ESLint({
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { '@typescript-eslint': tseslint.plugin },
      },
      ...borders,
    ],
  });
});

async function complaints(folder: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath: `src/${folder}/planted.ts` });
  return result?.errorCount ?? 0;
}

test.each([
  ['domain', "import { readFile } from 'node:fs';"],
  ['domain', "import { sleep } from '@temporalio/workflow';"],
  ['domain', "import { Kysely } from 'kysely';"],
  ['domain', "import { order } from '../workflows/order.js';"],
  ['domain', "import { within } from '../runtime/deadline.js';"],
  ['workflows', "import { within } from '../runtime/deadline.js';"],
  ['runtime', "import { money } from '../domain/money.js';"],
  ['workflows', "import { randomUUID } from 'node:crypto';"],
  ['workflows', "import { z } from 'zod';"],
  ['workflows', "import { createActivities } from '../activities/index.js';"],
  ['workflows', "import { openDatabase } from '../db/database.js';"],
  ['workflows', "import { apiConfig } from '../config.js';"],
  ['workflows', "import { proxyActivities } from '@temporalio/workflow';"],
  ['workflows', "import { scheduleActivity } from '@temporalio/workflow';"],
  ['workflows/order', "import { proxyLocalActivities } from '@temporalio/workflow';"],
  ['workflows/order', "import { scheduleLocalActivity } from '@temporalio/workflow';"],
  ['workflows/return', "import { patched } from '@temporalio/workflow';"],
  ['workflows/return', "import { deprecatePatch } from '@temporalio/workflow';"],
  ['workflows/kit', "import { proxyLocalActivities } from '@temporalio/workflow';"],
  ['workflows/kit', "import { scheduleLocalActivity } from '@temporalio/workflow';"],
  ['workflows/kit', "import { openDatabase } from '../../db/database.js';"],
  ['workflows/kit', "import { createActivities } from '../../activities/index.js';"],
  ['activities', "import { stripePayments } from '../adapters/stripe.js';"],
  ['activities', "import { order } from '../workflows/order.js';"],
  ['adapters', "import { ApplicationFailure } from '@temporalio/common';"],
  ['adapters', "import { createActivities } from '../activities/index.js';"],
  ['choreography', "import { order } from '../workflows/order.js';"],
  ['choreography', "import { stripePayments } from '../adapters/stripe.js';"],
  ['choreography', "import { Context } from '@temporalio/activity';"],
  ['choreography', "import { setTimeout } from 'node:timers/promises';"],
  ['choreography', "import { servicesConfig } from '../config.js';"],
  ['choreography', "import { startServices } from '../workers/services.js';"],
  ['domain', "import { endingOf } from '../choreography/ending.js';"],
  ['workflows', "import { services } from '../choreography/services.js';"],
  ['activities', "import type { ReactionContext } from '../choreography/service.js';"],
  ['adapters', "import type { OrderRow } from '../choreography/service.js';"],
  ['db', "import { createApp } from '../api/app.js';"],
  ['db', "import { OrderHistory } from '../choreography/order-history.js';"],
  ['events', "import { consumersOf } from '../choreography/consumers.js';"],
  ['api', "import { services } from '../choreography/services.js';"],
  ['sandbox', "import { services } from '../choreography/services.js';"],
  ['up', "import { services } from '../choreography/services.js';"],
  ['cli', "import { services } from '../choreography/services.js';"],
  ['events', "import { Client } from '@temporalio/client';"],
  ['events', "import { team } from '../teams/analytics/team.js';"],
  ['api', "import { team } from '../teams/analytics/team.js';"],
  ['workers', "import { team } from '../teams/analytics/team.js';"],
  ['teams/one', "import type { OrderId } from '../../domain/ids.js';"],
  ['teams/one', "import { openDatabase } from '../../db/database.js';"],
  ['teams/one', "import type { ApiDependencies } from '../../api/dependencies.js';"],
  ['teams/one', "import { runGroup } from '../../events/consumer-runner.js';"],
  ['teams/one', "import { ConsumerUnavailable } from '../../events/consumer.js';"],
  ['teams/one', "import { team } from '../analytics/team.js';"],
  ['teams/one', "import pg from 'pg';"],
  ['api', "import { order } from '../workflows/order.js';"],
  ['api', "import { createActivities } from '../activities/index.js';"],
  ['api', "import { startWorker } from '../workers/worker.js';"],
  ['temporal', "import { createApp } from '../api/app.js';"],
  ['temporal', "import { Worker } from '@temporalio/worker';"],
  ['relay', "import { createApp } from '../api/app.js';"],
  ['relay', "import { Client } from '@temporalio/client';"],
  ['sandbox', "import Stripe from 'stripe';"],
  ['sandbox', "import { openDatabase } from '../db/database.js';"],
  ['sandbox', "import { placed } from '../domain/order-state.js';"],
])('%s/ may not say: %s', async (folder, code) => {
  expect(await complaints(folder, `${code}\n`)).toBe(1);
});

test.each([
  ['workflows', "import type { OrderActivities } from '../activities/index.js';"],
  ['workflows', "import { condition } from '@temporalio/workflow';"],
  ['workflows/kit', "import { patched, scheduleActivity } from '@temporalio/workflow';"],
  ['workflows/kit', "import type { OrderActivities } from '../../activities/index.js';"],
  ['adapters', "import type { Journal } from '../activities/ports.js';"],
  ['api', "import { statusQuery } from '../workflows/messages.js';"],
  ['sandbox', "import { money } from '../domain/money.js';"],
  ['domain', "import { money } from './money.js';"],
  ['workers', "import { services } from '../choreography/services.js';"],
  ['choreography', "import { paymentActivities } from '../activities/payment.js';"],
  ['choreography', "import { readRequiredFacts } from '../db/choreography.js';"],
  ['choreography', "import type { Consumer } from '../events/consumer.js';"],
  ['choreography', "import { OrderHistory } from './order-history.js';"],
  ['teams/one', "import { sql } from 'kysely';"],
  ['teams/one', "import type { Team } from '../../events/team.js';"],
  ['teams/one', "import { readData } from '../../events/catalogue/read-event.js';"],
  ['teams/one', "import { tiers } from './tiers.js';"],
])('%s/ may say: %s', async (folder, code) => {
  expect(await complaints(folder, `${code}\n`)).toBe(0);
});
