/** A development server, found or made as `npm test` does it. Needs the build. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inheritedEnvironment, upConfig } from '../../dist/config.js';
import { choosePorts } from '../../dist/up/ports.js';
import { startReaper } from '../../dist/up/reaper.js';
import { findTemporalCli } from '../../dist/up/temporal/servers.js';
import { startDevServer } from '../../dist/up/temporal/dev-server.js';

/** @param {(line: string) => void} print */
export async function openServer(print) {
  const config = upConfig();
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = config;
  if (address !== undefined) return { address, stop: async () => undefined };
  const environment = inheritedEnvironment();
  const cli = await findTemporalCli({ config, environment, print });
  const folder = await mkdtemp(join(tmpdir(), 'check-sdk-'));
  const { temporal: port } = await choosePorts('free');
  const logFile = join(folder, 'temporal.log');
  const reaper = startReaper(environment);
  const options = { binary: cli.path, port, namespace, logFile, environment };
  const server = await startDevServer(options, reaper);
  return {
    address: server.address,
    stop: async () => {
      await server.stop();
      reaper.dismiss();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
