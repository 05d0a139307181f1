import { describe, expect, test } from 'vitest';
import { knownVariables, supervisorVariables } from '../../src/config.js';
import { environmentFile, readText, referencedVariables } from './compose-file.js';

const text = readText('.env.example');
const { set, shown } = environmentFile(text);
const described = [...Object.keys(set), ...Object.keys(shown)];

/** Conventions of the system and of terminals; nobody sets them for us. */
const common = new Set(['PATH', 'NO_COLOR', 'XDG_CACHE_HOME']);
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
    expect(text.match(/^(# )?[A-Z][A-Z0-9_]*=/gm)).toHaveLength(described.length);
  });

  test('says in the line above what each variable is', () => {
    const lines = text.split('\n');
    const bare = lines.filter((line, index) => {
      const isVariable = /^(# )?[A-Z][A-Z0-9_]*=/.test(line);
      return isVariable && !/^# .*\.$/.test(lines[index - 1] ?? '');
    });
    expect(bare).toEqual([]);
  });
});
