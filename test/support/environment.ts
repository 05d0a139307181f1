import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';
import { searchAttributes } from '../../src/domain/search-attributes.js';
import { wireTypes } from '../../src/up/temporal/namespace.js';

/** The dev server that the whole test run shares: everything but the skipping of time. */
export function sharedEnvironment(): Promise<TestWorkflowEnvironment> {
  quieten();
  return TestWorkflowEnvironment.createFromExistingServer({ address: inject('temporalAddress') });
}

/** A server of one's own on which days pass in moments; only where it could be had. */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  quieten();
  const environment = await startTimeSkipping(startTries);
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributes).map(([name, type]) => [name, wireTypes[type]]),
    ),
  });
  return environment;
}

/** The SDK allows the server five seconds to start, which a JVM on a busy machine may miss. */
const startTries = 6;

async function startTimeSkipping(tries: number): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: inject('testServer') } },
    });
  } catch (error) {
    if (tries <= 1) throw error;
    return startTimeSkipping(tries - 1);
  }
}

let isQuiet = false;

/** The failures that the tests make on purpose would fill the screen. */
export function quieten(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  });
}
