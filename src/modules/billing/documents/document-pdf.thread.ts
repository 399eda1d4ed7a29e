import { createRequire } from 'node:module';
import Pdf from 'pdfkit';
import type { PrintedDocument } from './printed-document.policy.js';
import { brokenLines, isBidirectional, visualParts } from './visual-order.policy.js';

const { resolve } = createRequire(import.meta.url);
const fonts = { plain: resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), bold: resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf') };

const page = { left: 50, right: 545, top: 50, bottom: 780 } as const;
const width = page.right - page.left;

interface Column {
  readonly title: string;
  readonly x: number;
  readonly width: number;
  readonly align: 'left' | 'right';
}

const columns: readonly Column[] = [
  { title: 'Description', x: 50, width: 220, align: 'left' },
  { title: 'Quantity', x: 275, width: 60, align: 'right' },
  { title: 'Unit amount', x: 340, width: 95, align: 'right' },
  { title: 'Amount', x: 440, width: 105, align: 'right' },
];

/** Draws a document from top to bottom, on as many pages as it needs. */
class Drawing {
  readonly #pdf: PDFKit.PDFDocument;
  #y: number = page.top;

  constructor({ title, number }: PrintedDocument) {
    this.#pdf = new Pdf({ size: 'A4', margin: 0, info: { Title: `${title} ${number}` }, font: fonts.plain });
    this.#pdf.registerFont('plain', fonts.plain).registerFont('bold', fonts.bold);
  }

  /** Returns the file when all is drawn. */
  async finish(): Promise<Uint8Array> {
    const parts: Buffer[] = [];
    this.#pdf.on('data', (part: Buffer) => parts.push(part));
    const ended = new Promise<void>((done, fail) => this.#pdf.on('end', done).on('error', fail));
    this.#pdf.end();
    await ended;
    return Buffer.concat(parts);
  }

  space(height: number): void {
    this.#y += height;
  }

  /** Draws texts side by side. They stay together on one page. */
  row(texts: readonly { readonly text: string; readonly x: number; readonly width: number; readonly align?: 'left' | 'right' }[], { font = 'plain', size = 9 } = {}): void {
    this.#pdf.font(font).fontSize(size);
    const height = Math.max(...texts.map(({ text, width: wide }) => this.#heightOf(text, wide, size)));
    if (this.#y + height > page.bottom) {
      this.#pdf.addPage();
      this.#pdf.font(font).fontSize(size);
      this.#y = page.top;
    }
    for (const { text, x, width: wide, align = 'left' } of texts) {
      if (isBidirectional(text)) this.#bidirectional(text, { x, width: wide, align });
      else if (text !== '') this.#pdf.text(text, x, this.#y, { width: wide, align });
    }
    this.#y += height + 4;
  }

  #heightOf(text: string, wide: number, size: number): number {
    const line = this.#pdf.currentLineHeight(true);
    if (isBidirectional(text)) return this.#linesOf(text, wide).length * line;
    // Measuring costs as much as drawing: a short text surely has one line.
    return text.length * size < wide && !text.includes('\n') ? line : this.#pdf.heightOfString(text, { width: wide });
  }

  /** Draws a text with letters from right to left, which PDFKit does not put in order. */
  #bidirectional(text: string, { x, width: wide, align }: { readonly x: number; readonly width: number; readonly align: 'left' | 'right' }): void {
    for (const [index, line] of this.#linesOf(text, wide).entries()) {
      const parts = visualParts(line);
      const widths = parts.map((part) => this.#pdf.widthOfString(part));
      let at = align === 'left' ? x : x + wide - widths.reduce((sum, each) => sum + each, 0);
      for (const [number, part] of parts.entries()) {
        this.#pdf.text(part, at, this.#y + index * this.#pdf.currentLineHeight(true), { lineBreak: false });
        at += widths[number] ?? 0;
      }
    }
  }

  #linesOf(text: string, wide: number): readonly string[] {
    return brokenLines(text, (line) => this.#pdf.widthOfString(line) <= wide);
  }

  rule(): void {
    this.#pdf.moveTo(page.left, this.#y).lineTo(page.right, this.#y).lineWidth(0.5).stroke();
    this.#y += 6;
  }
}

/** Writes a document as PDF. Runs in a thread of its own: see DocumentsService. */
async function documentToPdf(document: PrintedDocument): Promise<Uint8Array> {
  const { title, number, facts, seller, customer, lines, totals, notes } = document;
  const drawing = new Drawing(document);
  drawing.row([{ text: `${title} ${number}`, x: page.left, width }], { font: 'bold', size: 16 });
  drawing.space(8);
  for (const [name, value] of facts)
    drawing.row([
      { text: name, x: page.left, width: 140 },
      { text: value, x: page.left + 145, width: width - 145 },
    ]);
  drawing.space(12);
  drawing.row([
    { text: seller.join('\n'), x: page.left, width: 235 },
    { text: customer.join('\n'), x: 310, width: 235 },
  ]);
  drawing.space(16);
  drawing.row(
    columns.map(({ title: text, ...column }) => ({ ...column, text })),
    { font: 'bold' },
  );
  drawing.rule();
  for (const { description, period, quantity, unitAmount, amount } of lines) {
    const texts = [period === '' ? description : `${description}\n${period}`, quantity, unitAmount, amount];
    drawing.row(columns.map(({ x, width: wide, align }, index) => ({ x, width: wide, align, text: texts[index] ?? '' })));
  }
  drawing.rule();
  for (const [name, value] of totals)
    drawing.row(
      [
        { text: name, x: 250, width: 185, align: 'right' },
        { text: value, x: 440, width: 105, align: 'right' },
      ],
      { font: name === 'Total' || name === 'Amount due' ? 'bold' : 'plain' },
    );
  drawing.space(16);
  for (const note of notes) drawing.row([{ text: note, x: page.left, width }]);
  return drawing.finish();
}

// oxlint-disable-next-line import/no-default-export -- piscina runs the default export
export default documentToPdf;
