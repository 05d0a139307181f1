/** What each member of a message has to be: a text, or one of these texts. */
export type MessageForm = Readonly<Record<string, 'text' | readonly string[]>>;

/** Whether a message has these members. Nobody may have looked at it before. */
export const isWellFormed = (message: unknown, form: MessageForm): boolean =>
  typeof message === 'object' &&
  message !== null &&
  Object.entries(form).every(([name, member]) => {
    const value = (message as Record<string, unknown>)[name];
    return typeof value === 'string' && (member === 'text' || member.includes(value));
  });

/** The form in words: `by, a text; decision: approve, reject`. */
export const describeForm = (form: MessageForm): string =>
  Object.entries(form)
    .map(([name, member]) =>
      member === 'text' ? `${name}, a text` : `${name}: ${member.join(', ')}`,
    )
    .join('; ');
