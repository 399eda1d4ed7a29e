type Cell = string | number | null | undefined;

/** The title of each column, and the function that reads its value from a row. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/** The characters that end a field or row in a spreadsheet of another locale. */
const separators = String.raw`[;\|\t\r\n]`;
/** The characters that a spreadsheet skips before a formula: white space, and characters without an image. A quote begins a field. */
const skipped = String.raw`[[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800"]--${separators}]`;
/** The signs that begin a formula, and their full-width and small forms. */
const signs = String.raw`[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]`;
/**
 * The place of an apostrophe that makes a spreadsheet show a formula as text: at the start of a value, and after the last
 * separator before it, also inside of quotes. The search from a separator ends at the next one, so that it takes linear time.
 */
const formulas = new RegExp(String.raw`^(?=[\t\r\n])|(?<=^|${separators})(?=${skipped}*${signs})`, 'gv');

/**
 * Formats a field as RFC 4180 says, with an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV injection),
 * because anyone can choose names, subjects and user agents. Numbers stay numbers.
 */
function field(value: Cell): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : value.replace(formulas, "'");
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvTitles = <Row>(columns: CsvColumns<Row>): string => `${Object.keys(columns).join(',')}\r\n`;

export const csvLine = <Row>(columns: CsvColumns<Row>, row: Row): string =>
  `${Object.values(columns)
    .map((read) => field(read(row)))
    .join(',')}\r\n`;
