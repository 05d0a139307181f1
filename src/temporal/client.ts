import { Client, Connection } from '@temporalio/client';
import { temporalConnection } from './connection.js';
import type { TemporalConfig } from '../config.js';

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
