import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problem, problemBody, type ProblemCode } from '../../src/api/problem.js';
import { knownVariables, supervisorVariables } from '../../src/config.js';
import { attentionKinds, attentionReasons } from '../../src/domain/attention.js';
import { orderStatuses, transitions } from '../../src/domain/order-state.js';
import { standardServiceLevel } from '../../src/domain/service-level.js';
import { referencedVariables } from '../compose/compose-file.js';
import { fencesOf, pages, readText, repositoryPath, rowsIn } from './pages.js';

const firstCells = (page: string) => rowsIn(readText(page)).map(([first]) => first!);

describe.each(pages)('%s', (page) => {
  const text = readText(page);

  test('links to files and headings that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target]) => target!);
    const headingsOf = (file: string) =>
      [...readText(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        heading!
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
    for (const target of targets) {
      const [path, heading] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path!);
      expect(existsSync(join(repositoryPath, file)), target).toBe(true);
      if (heading !== undefined) expect(headingsOf(file)).toContain(heading);
    }
  });

  test('names only variables that somebody reads', () => {
    const read = new Set([...knownVariables, ...supervisorVariables, ...referencedVariables]);
    const named = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)];
    const variables = named.map(([, name]) => name!).filter((name) => name !== 'TRY_CANCEL');
    const constants = ['WAIT_CANCELLATION_COMPLETED'];
    expect(variables.filter((name) => !read.has(name) && !constants.includes(name))).toEqual([]);
  });

  test('names only source files that are there', () => {
    const files = [...text.matchAll(/`((?:src|test|tools|docs)\/[\w./-]+)`/g)].map(([, f]) => f!);
    expect(files.filter((file) => !existsSync(join(repositoryPath, file)))).toEqual([]);
  });
});

describe('docs/api.md', () => {
  test('has every error code with its status and title', () => {
    const source = readText('src/api/problem.ts');
    const codes = [...source.matchAll(/^ {2}(\w+): \{ status: \d+/gm)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(10);
    const expected = codes.map((code) => {
      const { status, title } = problemBody(problem(code as ProblemCode), '');
      return [code, String(status), title];
    });
    const table = rowsIn(readText('docs/api.md').split('## Errors')[1]!);
    expect(table.slice(2)).toEqual(expected);
  });

  test('has every route', () => {
    const files = readdirSync(join(repositoryPath, 'src/api')).filter((file) =>
      /^app\.ts$|-endpoints\.ts$/.test(file),
    );
    const source = files.map((file) => readText(`src/api/${file}`)).join('\n');
    const paths = [...source.matchAll(/endpoint\(app, '([^']+)', \{([^;]*?)\}\);/g)];
    expect(paths.length).toBeGreaterThan(5);
    const routes = paths.flatMap(([, path, methods]) =>
      (['get', 'post', 'delete'] as const)
        .filter((method) => methods!.includes(`${method}:`))
        .map((method) => `${method.toUpperCase()} ${path!.replace(/:(\w+)/g, '{$1}')}`),
    );
    const listed = firstCells('docs/api.md').filter((cell) => /^(GET|POST|DELETE) \//.test(cell));
    expect([...listed].sort()).toEqual([...routes].sort());
  });
});

describe('docs/runbook.md', () => {
  test('explains every reason for attention', () => {
    const cells = firstCells('docs/runbook.md');
    expect(attentionReasons.filter((reason) => !cells.includes(reason))).toEqual([]);
  });

  test('offers the choices that each item has', () => {
    const rows = rowsIn(readText('docs/runbook.md'));
    for (const reason of attentionReasons) {
      const [, owner, , , choices] = rows.find(([first]) => first === reason)!;
      expect(owner, reason).toBe(attentionKinds[reason].owner);
      expect(choices, reason).toBe(attentionKinds[reason].choices.join(', '));
    }
  });

  test('gives the deadlines that the code has', () => {
    const dayMs = 86_400_000;
    const { handOver, delivery, undoMs } = standardServiceLevel;
    const text = readText('docs/runbook.md');
    expect(text).toContain(`has not got the parcel for ${handOver.escalateMs / dayMs} days`);
    expect(text).toContain(`has not arrived for ${delivery.escalateMs / dayMs} days`);
    expect(text).toContain(`counts as lost after ${delivery.giveUpMs / dayMs} days`);
    expect(text).toContain(`has been tried for ${undoMs / 60_000} minutes`);
  });
});

describe('docs/architecture.md', () => {
  test('draws the moves of the status machine, all of them and no others', () => {
    const drawing = fencesOf('docs/architecture.md').find(({ text }) =>
      text.startsWith('stateDiagram'),
    )!;
    const drawn = [...drawing.text.matchAll(/^ +(\w+) --> (\w+)$/gm)].map(
      ([, from, to]) => `${from} ${to}`,
    );
    const moves = orderStatuses.flatMap((from) => transitions[from].map((to) => `${from} ${to}`));
    expect(drawn.sort()).toEqual(moves.sort());
  });

  test('explains every status', () => {
    const cells = firstCells('docs/architecture.md');
    expect(orderStatuses.filter((status) => !cells.includes(status))).toEqual([]);
  });

  test('has every border of the linter', () => {
    const borders = [...readText('eslint.config.js').matchAll(/folder: '(\w+)'/g)].map(
      ([, f]) => f!,
    );
    expect(borders.length).toBeGreaterThan(5);
    const cells = firstCells('docs/architecture.md');
    expect(borders.filter((folder) => !cells.includes(folder))).toEqual([]);
  });
});
