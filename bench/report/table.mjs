// The summary as a table for a terminal.
const columns = [
  ['operation', (_, operation) => operation],
  ['system', (_row, _operation, system) => system],
  ['requests/s', ({ perSecond }) => perSecond],
  ['p50 ms', ({ p50 }) => p50],
  ['p99 ms', ({ p99 }) => p99],
  ['p99/p50 at 70 %', ({ p99OfP50At70 }) => p99OfP50At70],
  ['server CPU µs', ({ serverMicros }) => serverMicros],
  ['database µs', ({ databaseMicros }) => databaseMicros],
  ['statements', ({ statements }) => statements],
  ['memory MB', ({ memory }) => memory],
  ['failed', ({ failures }) => failures],
  ['tenantry / this', (_row, _operation, system, ratios) => ratios[system]],
];

export function printTable(summary) {
  const rows = Object.entries(summary).flatMap(([operation, { systems, ratios }]) =>
    Object.entries(systems).map(([system, row], index) => columns.map(([, value]) => String(value(row, index === 0 ? operation : '', system, ratios) ?? ''))),
  );
  const lines = [columns.map(([name]) => name), ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) console.log(line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '));
}
