// An SVG chart of requests a second. Each operation has its own scale: its longest bar is the fastest system.
const colors = { tenantry: '#2563eb', 'better-auth': '#f59e0b', limit: '#94a3b8' };
const left = 170;
const longest = 400;
const bar = 13;
const gap = 14;
const top = 62;

const text = (x, y, content, attributes = '') => `<text x="${x}" y="${y}" ${attributes}>${content}</text>`;
const number = (value) => (value < 100 ? value.toFixed(1) : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ','));

/** @param results as in bench/results */
export function chartOf({ node, set, callers, operations }) {
  const parts = [];
  let y = top;
  for (const [operation, { systems }] of Object.entries(operations)) {
    const rows = Object.entries(systems);
    const fastest = Math.max(...rows.map(([, { perSecond }]) => perSecond));
    parts.push(text(left - 12, y + (rows.length * bar) / 2 + 4, operation, 'text-anchor="end" fill="#111827"'));
    for (const [system, { perSecond }] of rows) {
      const width = Math.max(1, (perSecond / fastest) * longest);
      parts.push(`<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="${bar - 2}" rx="2" fill="${colors[system]}"/>`);
      parts.push(text((left + width + 6).toFixed(1), y + 10, number(perSecond), 'font-size="11" fill="#374151"'));
      y += bar;
    }
    y += gap;
  }
  const legend = Object.entries(colors).flatMap(([system, color], index) => [
    `<rect x="${left + index * 120}" y="36" width="11" height="11" rx="2" fill="${color}"/>`,
    text(left + 17 + index * 120, 46, system, 'fill="#374151"'),
  ]);
  const title = `Requests a second: server on one core, ${callers} callers, ${set} set, Node.js ${node.replace('v', '')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 ${y}" width="660" height="${y}" font-family="system-ui, sans-serif" font-size="13" role="img">
<title>${title}</title>
<rect width="660" height="${y}" fill="#ffffff"/>
${text(20, 22, title, 'font-weight="600" fill="#111827"')}
${[...legend, ...parts].join('\n')}
</svg>
`;
}
