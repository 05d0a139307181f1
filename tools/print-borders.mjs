/** Writes the table of borders into docs/architecture.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { bordersTable } from './borders.mjs';

const file = fileURLToPath(new URL('../docs/architecture.md', import.meta.url));
const page = readFileSync(file, 'utf8').replace(
  /(<!-- borders -->\n).*(\n<!-- end of borders -->)/s,
  (_all, begin, end) => `${begin}\n${bordersTable()}\n${end}`,
);
const text = await format(page, { ...(await resolveConfig(file)), parser: 'markdown' });
writeFileSync(file, text);
