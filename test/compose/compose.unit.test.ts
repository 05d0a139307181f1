import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  apiConfig,
  knownVariables,
  relayConfig,
  sandboxConfig,
  servicesConfig,
  supervisorVariables,
  workerConfig,
} from '../../src/config.js';
import { serviceNames } from '../../src/domain/services.js';
import {
  composeServices,
  composeText,
  environmentFile,
  readText,
  referencedVariables,
} from './compose-file.js';

const exampleText = readText('.env.example');
const example = environmentFile(exampleText);
const described = [...Object.keys(example.set), ...Object.keys(example.shown)];
const services = composeServices(example.set);
const readers = {
  api: apiConfig,
  worker: workerConfig,
  services: servicesConfig,
  relay: relayConfig,
  sandbox: sandboxConfig,
} as const;
const roles = Object.keys(readers) as readonly (keyof typeof readers)[];
const entries = Object.entries(services);
const isOneShot = (restart: string | undefined) => restart?.startsWith('on-failure') ?? false;
const longRunning = entries.filter(([, { restart }]) => !isOneShot(restart));

const grace = (role: keyof typeof readers) => {
  const seconds = /^(\d+)s$/.exec(services[role]!.stop_grace_period!)?.[1];
  return Number(seconds) * 1_000;
};

describe('docker-compose.yml', () => {
  test('passes the linter', () => {
    const cwd = fileURLToPath(new URL('../../', import.meta.url));
    const dclint = fileURLToPath(
      new URL('../../node_modules/dclint/bin/dclint.cjs', import.meta.url),
    );
    const lint = [dclint, '--max-warnings', '0'];
    expect(() =>
      execFileSync(process.execPath, [...lint, 'docker-compose.yml'], { cwd, stdio: 'pipe' }),
    ).not.toThrow();
  });

  test.each(roles)('gives the %s all that it needs to start, and no unknown variable', (role) => {
    const { environment = {} } = services[role]!;
    expect(() => readers[role](environment)).not.toThrow();
    expect(Object.keys(environment).filter((name) => !knownVariables.has(name))).toEqual([]);
  });

  test('runs a file that the build makes in every role', () => {
    for (const role of roles) {
      const built = services[role]!.command!.at(-1)!;
      const source = built.replace(/^dist\/(.*)\.js$/, 'src/$1.ts');
      expect(readText(source), role).toContain('runRole');
    }
  });

  test.each(entries)('pins the image of %s', (_name, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d[\w.-]*$/);
  });

  test.each(longRunning)('watches the health of %s and starts it again', (_name, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.restart).toBe('unless-stopped');
  });

  test('opens ports on loopback alone', () => {
    const ports = entries.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('waits only for services that there are, and for one-shots until they are done', () => {
    for (const [name, { depends_on = {} }] of entries) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const restart = services[other]?.restart;
        expect(restart, `${name} waits for ${other}`).toBeDefined();
        expect(condition).toBe(
          isOneShot(restart) ? 'service_completed_successfully' : 'service_healthy',
        );
      }
    }
  });

  test('mounts the volume of Postgres 18 above its data', () => {
    const mounts = entries.flatMap(([, { volumes = [] }]) => volumes);
    expect(mounts).toHaveLength(2);
    expect(mounts.filter((mount) => !mount.endsWith(':/var/lib/postgresql'))).toEqual([]);
  });

  test('gives the worker more time to stop than it takes at the most', () => {
    const { WORKER_SHUTDOWN_GRACE_MS } = workerConfig(services['worker']!.environment);
    expect(grace('worker')).toBeGreaterThan(WORKER_SHUTDOWN_GRACE_MS + 5_000 + 5_000);
  });

  test('gives the services what they need and nothing of Temporal, which they run without', () => {
    const { environment, depends_on } = services['services']!;
    expect(servicesConfig(environment).SERVICES).toEqual(serviceNames);
    expect(Object.keys(environment!).filter((name) => name.startsWith('TEMPORAL'))).toEqual([]);
    expect(Object.keys(depends_on!)).toEqual(['postgres']);
  });

  test('gives the services the same providers as the worker', () => {
    const { environment } = services['services']!;
    const shared = Object.keys(environment!).filter((name) => !name.startsWith('SERVICES'));
    expect(shared).toContain('STRIPE_API_URL');
    const given = services['worker']!.environment!;
    for (const name of shared) expect(given[name], name).toBe(environment![name]);
  });

  test('has every variable that it refers to in .env.example', () => {
    expect(referencedVariables.length).toBeGreaterThan(0);
    expect(referencedVariables.filter((name) => !described.includes(name))).toEqual([]);
  });

  test('refuses to start without a password', () => {
    expect(() => composeServices({ ...example.set, ORDERS_POSTGRES_PASSWORD: '' })).toThrow(
      'ORDERS_POSTGRES_PASSWORD',
    );
    expect(composeText).not.toMatch(/(PASSWORD|SECRET): [a-z0-9]/);
  });
});

describe('the image', () => {
  const dockerfile = readText('Dockerfile');
  const stages = dockerfile.split(/^FROM /m).slice(1);

  test('stands on Debian in every stage, with a tag', () => {
    expect(dockerfile).toMatch(/^ARG NODE_TAG=\d+-\w+-slim$/m);
    expect(stages.length).toBeGreaterThan(1);
    expect(stages.filter((stage) => !stage.startsWith('node:${NODE_TAG}'))).toEqual([]);
    expect(example.set['NODE_TAG']).toMatch(/^\d+-bookworm-slim$/);
  });

  test('runs as a user without rights, with no development packages', () => {
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)).not.toContain('npm');
    expect(dockerfile).toContain('npm ci --omit=dev');
  });

  test('is built from nothing but what it copies', () => {
    const allowed = [...readText('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, file]) => file);
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, files]) =>
      files!.split(' '),
    );
    expect([...new Set(copied)].sort()).toEqual([...allowed].sort());
  });
});

/** Conventions of the system and of terminals; nobody sets them for us. */
const common = new Set(['PATH', 'XDG_CACHE_HOME']);
const ours = [...knownVariables, ...supervisorVariables].filter((name) => !common.has(name));

describe('.env.example', () => {
  test('has every variable that the code reads', () => {
    expect([...new Set(ours)].filter((name) => !described.includes(name))).toEqual([]);
  });

  test('has none that nobody reads', () => {
    const read = new Set([...ours, ...referencedVariables]);
    expect(described.filter((name) => !read.has(name))).toEqual([]);
  });

  test('has each variable once', () => {
    expect(described).toHaveLength(new Set(described).size);
    expect(exampleText.match(/^(# )?[A-Z][A-Z0-9_]*=/gm)).toHaveLength(described.length);
  });

  test('says in the line above what each variable is', () => {
    const lines = exampleText.split('\n');
    const bare = lines.filter((line, index) => {
      const isVariable = /^(# )?[A-Z][A-Z0-9_]*=/.test(line);
      return isVariable && !/^# .*\.$/.test(lines[index - 1] ?? '');
    });
    expect(bare).toEqual([]);
  });
});
