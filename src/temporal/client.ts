import { Client, Connection } from '@temporalio/client';
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

export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

/** Opens no connection before the first call. */
export function temporalClient(config: TemporalConfig): TemporalClient {
  const { connectionOptions, namespace } = temporalConnection(config);
  const connection = Connection.lazy(connectionOptions);
  return {
    client: new Client({ connection, namespace: namespace ?? config.TEMPORAL_NAMESPACE }),
    close: () => connection.close(),
  };
}
