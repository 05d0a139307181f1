import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { TemporalConfig } from '../config.js';

/** Address, TLS and API key as the Temporal SDK's own environment variables say, and no file. */
export const temporalConnection = (config: TemporalConfig): ClientConnectConfig =>
  loadClientConnectConfig({ disableFile: true, overrideEnvVars: temporalVariables(config) });

const temporalVariables = (config: TemporalConfig): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).filter(
      (entry): entry is [string, string] =>
        entry[0].startsWith('TEMPORAL_') && typeof entry[1] === 'string',
    ),
  );
