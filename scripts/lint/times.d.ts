// Part of the build (tsconfig.build.json) only: tests may read the times that they write.

/** What `Date` makes of a text: no Date. Use `readTime` or `parseTime` of src/common/times.ts: Date reads some texts in the server's own zone. */
interface TextReadByDate {
  readonly 'Read it with src/common/times.ts': never;
}

interface DateConstructor {
  new (text: string): TextReadByDate;
  parse(text: string): TextReadByDate;
}
