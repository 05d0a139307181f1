import { format, resolveConfig } from 'prettier';

/** A page, parts of which are written by a script. */
interface Page {
  /** For a person who has to look into it. */
  readonly name: string;
  /** What its markers begin with, as `<!-- bench:figures -->` does. */
  readonly prefix: string;
}

/**
 * Puts each block between its marker and its end; everything else stays.
 * @throws Error when the page has no place for a block
 */
export const withBlocks = (
  text: string,
  page: Page,
  blocks: Readonly<Record<string, string>>,
): string =>
  Object.entries(blocks).reduce(
    (filled, [name, block]) => withBlock(filled, page, name, block),
    text,
  );

function withBlock(text: string, page: Page, name: string, block: string): string {
  const { prefix } = page;
  const between = `(?:(?!<!-- ${prefix}:)[^])*`;
  const place = new RegExp(`(<!-- ${prefix}:${name} -->)${between}(<!-- ${prefix}:end -->)`);
  if (!place.test(text)) throw new Error(`${page.name} has no marker ${prefix}:${name}`);
  return text.replace(place, (_all, start: string, end: string) =>
    [start, block, end].join('\n\n'),
  );
}

/** As `npm run format` would write the file. */
export const formatted = async (file: string, text: string): Promise<string> =>
  format(text, { ...(await resolveConfig(file)), filepath: file });
