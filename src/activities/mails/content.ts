/** One mail as its reader sees it, before it becomes plain text and HTML. */
export interface ComposedMail {
  readonly subject: string;
  readonly headline: string;
  readonly greeting: string;
  readonly blocks: readonly Block[];
  /** What it is about and who writes, at the end. */
  readonly footer: readonly string[];
}

/** What one kind of mail has of its own. */
export type Content = Pick<ComposedMail, 'subject' | 'headline' | 'blocks'>;

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'goods'; readonly goods: readonly Goods[]; readonly sums: readonly Detail[] }
  | { readonly kind: 'details'; readonly details: readonly Detail[] }
  /** Something to be read out or typed in, in large figures. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'link'; readonly label: string; readonly url: string };

/** A line of goods. */
export interface Goods {
  readonly quantity: number;
  readonly title: string;
  readonly sku: string;
  /** What stands at the end of the line: a price, or how many there are. */
  readonly note?: string;
}

export interface Detail {
  readonly label: string;
  readonly value: string;
}

/** Paragraphs; what is not given is left out. */
export const paragraphs = (...texts: readonly (string | undefined)[]): readonly Block[] =>
  texts.filter((text) => text !== undefined).map((text) => ({ kind: 'text', text }));

/** A list of labels and values; what has no value is left out, and so is an empty list. */
export function detailList(
  ...entries: readonly (readonly [label: string, value: string | undefined])[]
): readonly Block[] {
  const details = entries.flatMap(([label, value]) =>
    value === undefined ? [] : [{ label, value }],
  );
  return details.length === 0 ? [] : [{ kind: 'details', details }];
}

/** @param url undefined when there is no such page: then there is no link */
export const link = (label: string, url: string | undefined): readonly Block[] =>
  url === undefined ? [] : [{ kind: 'link', label, url }];
