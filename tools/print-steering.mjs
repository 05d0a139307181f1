/** Writes docs/steering.md from the table by which orders take and refuse messages. */
import { writeFileSync } from 'node:fs';
import * as table from '../dist/domain/commands.js';
import { steeringPage } from './steering-page.mjs';

writeFileSync(new URL('../docs/steering.md', import.meta.url), await steeringPage(table));
