import tseslint from 'typescript-eslint';

/**
 * Who may import whom. A folder names what it must never import; everything else is allowed.
 * `typesOnly` folders may be imported with `import type` alone.
 */
const ours = (...folders) => `^(\\.\\./)+(${folders.join('|')})(/|\\.js$)`;
const node = '^node:';
const temporal = '^@temporalio/';
const providers = '^(stripe|@easypost/api|nodemailer|smtp-server|postal-mime)';
const database = '^(pg|kysely)(/|$)';
const http = '^express$';

/** A team may be deleted by its folder, so nobody names one: they are found at run time. */
const teams = '(^|/)teams/';

/** The other way to lead an order: only workers puts its services together. */
const choreography = ours('choreography');

const local = ['proxyLocalActivities', 'scheduleLocalActivity'];

/** What of Temporal's SDK a part of the workflows must not use. */
const without = (importNames, message) => [{ name: '@temporalio/workflow', importNames, message }];

const borders = [
  {
    folder: 'domain',
    never: [
      node,
      temporal,
      providers,
      database,
      http,
      '^(zod|pino)',
      ours(
        'workflows',
        'activities',
        'adapters',
        'db',
        'events',
        'api',
        'workers',
        'sandbox',
        'up',
        'cli',
        'config',
        'logger',
        'runtime',
      ),
    ],
  },
  {
    folder: 'workflows',
    never: [
      node,
      '^@temporalio/(client|worker|activity|testing|envconfig)',
      providers,
      database,
      http,
      '^(zod|pino)',
      ours(
        'adapters',
        'db',
        'events',
        'api',
        'workers',
        'sandbox',
        'up',
        'cli',
        'config',
        'logger',
        'runtime',
      ),
    ],
    typesOnly: [ours('activities')],
    paths: without(
      [...local, 'proxyActivities', 'scheduleActivity', 'patched', 'deprecatePatch'],
      'Only workflows/kit/ schedules activities and knows versions (docs/decisions/0020).',
    ),
    // The same border for a folder of it: of two configs for one file only the later counts.
    within: {
      'workflows/kit': without(local, 'No step is a local activity (docs/decisions/0020).'),
    },
  },
  {
    folder: 'activities',
    never: [
      node,
      '^@temporalio/(client|worker|workflow|testing|envconfig)',
      providers,
      database,
      http,
      ours(
        'workflows',
        'adapters',
        'db',
        'events',
        'api',
        'workers',
        'sandbox',
        'up',
        'cli',
        'config',
        'logger',
      ),
    ],
  },
  {
    folder: 'adapters',
    never: [
      temporal,
      http,
      ours('workflows', 'events', 'api', 'workers', 'sandbox', 'up', 'cli', 'config', 'logger'),
    ],
    typesOnly: [ours('activities')],
  },
  {
    // The conversations with providers are the saga's own; who calls them is not.
    folder: 'choreography',
    never: [
      node,
      temporal,
      providers,
      http,
      ours('workflows', 'adapters', 'api', 'workers', 'sandbox', 'up', 'cli', 'config', 'logger'),
    ],
  },
  {
    folder: 'db',
    never: [
      temporal,
      providers,
      http,
      ours(
        'workflows',
        'activities',
        'adapters',
        'api',
        'workers',
        'sandbox',
        'up',
        'cli',
        'config',
        'logger',
      ),
    ],
  },
  {
    folder: 'events',
    never: [
      temporal,
      providers,
      http,
      ours(
        'workflows',
        'activities',
        'adapters',
        'api',
        'workers',
        'sandbox',
        'up',
        'cli',
        'config',
        'logger',
      ),
    ],
  },
  {
    folder: 'api',
    never: [
      '^@temporalio/(worker|workflow|activity|testing)',
      providers,
      ours('activities', 'adapters', 'relay', 'workers', 'sandbox', 'up', 'cli'),
      ours('workflows/(?!messages\\.js$)[^/]+'),
    ],
  },
  {
    folder: 'temporal',
    never: [
      '^@temporalio/(worker|workflow|activity|testing)',
      providers,
      http,
      ours('adapters', 'events', 'api', 'relay', 'workers', 'sandbox', 'up', 'cli'),
      ours('workflows/(?!messages\\.js$)[^/]+'),
    ],
    typesOnly: [ours('activities')],
  },
  {
    folder: 'relay',
    never: [
      temporal,
      providers,
      http,
      ours('workflows', 'activities', 'adapters', 'api', 'workers', 'sandbox', 'up', 'cli'),
    ],
  },
  {
    folder: 'sandbox',
    never: [
      temporal,
      '^(stripe|@easypost/api|nodemailer)',
      ours(
        'workflows',
        'activities',
        'adapters',
        'db',
        'events',
        'api',
        'workers',
        'up',
        'cli',
        'config',
        'logger',
      ),
      ours('domain/(?!money\\.js$)[^/]+'),
    ],
  },
  {
    folder: 'up',
    never: [
      providers,
      http,
      ours('workflows', 'activities', 'adapters', 'events', 'api', 'sandbox', 'cli'),
    ],
  },
  {
    // What every Node process needs for time.
    folder: 'runtime',
    never: [temporal, providers, database, http, '^\\.\\./'],
  },
  {
    folder: 'workers',
    never: [],
  },
  {
    folder: 'teams',
    never: [
      node,
      temporal,
      providers,
      http,
      '^(pg|pino)(/|$)',
      // Of ours the shape of an event, the catalogue, and what a team is; and no other team.
      '^(\\.\\./){2}(?!events/(order-event\\.js$|consumer\\.js$|team\\.js$|catalogue/))',
      '^\\.\\./(?!\\.\\./)',
    ],
    typesOnly: ['^(\\.\\./){2}events/(order-event|consumer|team)\\.js$'],
  },
  {
    folder: 'cli',
    never: [
      temporal,
      providers,
      database,
      ours(
        'workflows',
        'activities',
        'adapters',
        'db',
        'events',
        'api',
        'workers',
        'sandbox',
        'up',
      ),
    ],
  },
];

const closedTo = (folder) => (folder === 'workers' ? [teams] : [teams, choreography]);

const borderRule = ({ folder, never, typesOnly = [] }, paths = []) => [
  'error',
  {
    paths,
    patterns: [
      ...[...never, ...closedTo(folder)].map((regex) => ({
        regex,
        message: `${folder}/ must not import this (docs/architecture.md, borders).`,
      })),
      ...typesOnly.map((regex) => ({
        regex,
        allowTypeImports: true,
        message: `${folder}/ may import this only as a type (docs/architecture.md, borders).`,
      })),
    ],
  },
];

const borderRules = borders.flatMap((border) =>
  Object.entries({ [border.folder]: border.paths, ...border.within }).map(([folder, paths]) => ({
    name: `border: ${folder}`,
    files: [`src/${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': borderRule(border, paths) },
  })),
);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.orders/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'examples/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'src/config.ts is the only reader of the environment.',
        },
      ],
    },
  },
  {
    files: ['src/up/**/*.ts', 'src/cli/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  ...borderRules,
);
