/**
 * A field by RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection):
 * names, subjects and user agents are chosen by strangers.
 */
function field(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : value.replace(/^(?=[=+\-@\t\r])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvTitles = (columns: readonly string[]): string => `${columns.join(',')}\r\n`;

export const csvLine = (values: readonly (string | number | null | undefined)[]): string => `${values.map(field).join(',')}\r\n`;
