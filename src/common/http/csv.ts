type Cell = string | number | null | undefined;

/** The title of each column, and the function that reads its value from a row. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/**
 * Formats a field as RFC 4180 says. A value that a spreadsheet would run as a formula gets an apostrophe in front (OWASP,
 * CSV injection), because anyone can choose names, subjects and user agents.
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
