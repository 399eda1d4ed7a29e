declare module 'virtual:summaries' {
  /** The summaries of the operations of the contract, by their names: see vite.config.ts. */
  export const summaries: Readonly<Record<string, string>>;
}
