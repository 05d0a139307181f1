import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { asyncapiDocument } from './asyncapi-document.mjs';
import { eventsPage } from './events-page.mjs';

const recordFile = 'docs/events/released.json';

/** The schemas of every version that was ever released. Without the record nothing can be promised. */
export const readReleased = (read) => JSON.parse(read(recordFile));

/**
 * Every document that is made from the catalogue, by its path.
 * The record of what was released only grows: a catalogue that breaks a promise makes no documents.
 */
export async function eventDocuments(events, released, brokenPromises) {
  const schemas = Object.fromEntries(
    events.schemas.map(({ type, version, schema }) => [`${type}/${version}`, schema]),
  );
  const broken = brokenPromises(released, schemas);
  if (broken.length > 0) throw new Error(refusal(broken));
  const texts = {
    'docs/events.md': eventsPage(events),
    'docs/events/asyncapi.yaml': stringify(asyncapiDocument(events), {
      aliasDuplicateObjects: false,
    }),
    [recordFile]: JSON.stringify({ ...released, ...schemas }),
    ...Object.fromEntries(
      events.schemas.map(({ type, version, schema }) => [
        `docs/events/schemas/${type}.${version}.json`,
        JSON.stringify(schema),
      ]),
    ),
  };
  return Object.fromEntries(await Promise.all(Object.entries(texts).map(formatted)));
}

const refusal = (broken) =>
  [
    'Somebody may rely on what was released, and it would change:',
    ...broken.map((line) => `- ${line}`),
    'Add a version instead, and keep this one as `earlier`.',
  ].join('\n');

async function formatted([file, text]) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  return [file, await format(text, { ...(await resolveConfig(path)), filepath: path })];
}
