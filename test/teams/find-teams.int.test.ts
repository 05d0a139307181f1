import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { findTeams } from '../../src/events/teams.js';
import { useTempFolder } from '../support/temp-folder.js';

const names = ['analytics', 'loyalty-tiers', 'recommendations', 'seller-portal'];
const source = fileURLToPath(new URL('../../src/', import.meta.url));
const namesOf = async (folder?: URL) => (await findTeams(folder)).map(({ name }) => name);

describe('the teams', () => {
  test('are found by their folders, and have schemas and pages of their own', async () => {
    const teams = await findTeams();
    expect(teams.map(({ name }) => name)).toEqual(names);
    expect(new Set(teams.map(({ schema }) => schema)).size).toBe(teams.length);
    const paths = teams.flatMap(({ pages }) => pages.map(({ path }) => path));
    expect(new Set(paths).size).toBe(paths.length);
    for (const { schema } of teams) expect(schema).toMatch(/^[a-z_]+$/);
  });

  test('are described with all their pages', async () => {
    const text = readFileSync(join(source, '../docs/teams.md'), 'utf8');
    for (const { name, pages } of await findTeams()) {
      for (const { path } of pages) {
        const cell = `GET ${path.replace(/:(\w+)/g, '{$1}')}`;
        expect(text).toMatch(new RegExp(`\\| \`${cell.replace(/[{}]/g, '\\$&')}\` +\\| ${name} `));
      }
    }
  });

  test('have tables that no migration and no other code of ours names', async () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('teams/'),
    );
    expect(files.length).toBeGreaterThan(100);
    const schemas = (await findTeams()).map(({ schema }) => schema);
    const pattern = new RegExp(
      `\\b(from|join|into|update|table|schema) (${schemas.join('|')})\\b`,
      'i',
    );
    const naming = files.filter((file) => pattern.test(readFileSync(join(source, file), 'utf8')));
    expect(naming).toEqual([]);
  });
});

describe('a folder of teams', () => {
  const folder = useTempFolder();
  const inFolder = (...parts: string[]) => join(folder.path, ...parts);
  beforeEach(() => {
    for (const name of names) {
      mkdirSync(inFolder(name));
      writeFileSync(inFolder(name, 'team.ts'), `export const team = { name: '${name}' };\n`);
    }
  });
  const url = () => pathToFileURL(inFolder('/'));

  test.each(names)('without %s has the others', async (name) => {
    rmSync(inFolder(name), { recursive: true });
    expect(await namesOf(url())).toEqual(names.filter((other) => other !== name));
  });

  test('may be empty, or not be there', async () => {
    for (const name of names) rmSync(inFolder(name), { recursive: true });
    expect(await namesOf(url())).toEqual([]);
    expect(await namesOf(pathToFileURL(inFolder('none/')))).toEqual([]);
  });

  test('must have a team in each team module', async () => {
    cpSync(inFolder('analytics'), inFolder('broken'), { recursive: true });
    writeFileSync(inFolder('broken', 'team.ts'), 'export const nobody = 1;\n');
    await expect(findTeams(url())).rejects.toThrow('has no team');
  });
});
