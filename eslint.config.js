import tseslint from 'typescript-eslint';
import { bordersRule } from './tools/borders-rule.mjs';

const local = ['proxyLocalActivities', 'scheduleLocalActivity'];

const names = (folder, importNames, message) => ({
  name: `border: names in ${folder}`,
  files: [`src/${folder}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { paths: [{ name: '@temporalio/workflow', importNames, message }] },
    ],
  },
});

const borders = [
  {
    name: 'border: folders',
    files: ['src/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'],
    plugins: { borders: { rules: { allowed: bordersRule } } },
    rules: { 'borders/allowed': 'error' },
  },
  names(
    'workflows',
    [...local, 'proxyActivities', 'scheduleActivity', 'patched', 'deprecatePatch'],
    'Only workflows/kit/ schedules activities and knows versions (docs/decisions/0001).',
  ),
  // Of two configs for one file only the later counts.
  names('workflows/kit', local, 'No step is a local activity (docs/decisions/0001).'),
];

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
  ...borders,
);
