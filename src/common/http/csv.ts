type Cell = string | number | null | undefined;

/** Titles of columns, and what stands in them. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/**
 * A field by RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection):
 * names, subjects and user agents are chosen by strangers.
 */
function field(value: Cell): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : value.replace(/^(?=[=+\-@\t\r])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvTitles = <Row>(columns: CsvColumns<Row>): string => `${Object.keys(columns).join(',')}\r\n`;

export const csvLine = <Row>(columns: CsvColumns<Row>, row: Row): string =>
  `${Object.values(columns)
    .map((read) => field(read(row)))
    .join(',')}\r\n`;
