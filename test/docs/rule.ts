/** How a documented command is tried: run and read, or run and followed, or checked by other means. */
export type Rule = { readonly command: RegExp } & (
  | {
      readonly prints: RegExp;
      readonly before?: () => Promise<void>;
      /** Said again until the order has come so far. */
      readonly untilTaken?: true;
      readonly effect?: () => Promise<void>;
    }
  | { readonly check: (command: string) => Promise<void> | void }
);
