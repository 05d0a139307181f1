/** Writes docs/events.md and docs/events/ from the event catalogue, unless it breaks a promise. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { catalogue, eventGroups } from '../dist/events/catalogue/catalogue.js';
import { brokenPromises } from '../dist/events/catalogue/compatibility.js';
import { envelopeSchema, publishedSchemas } from '../dist/events/catalogue/json-schema.js';
import { eventDocuments, readReleased } from './event-documents.mjs';

const root = new URL('../', import.meta.url);
const released = readReleased((file) => readFileSync(new URL(file, root), 'utf8'));
const events = {
  catalogue,
  groups: eventGroups,
  envelope: envelopeSchema(),
  schemas: publishedSchemas(),
};
const documents = await eventDocuments(events, released, brokenPromises).catch(refuse);

mkdirSync(new URL('docs/events/schemas/', root), { recursive: true });
for (const [file, text] of Object.entries(documents)) writeFileSync(new URL(file, root), text);

function refuse({ message }) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
