import { isMap, isScalar, LineCounter, parseDocument, visit, type Document, type Node, type YAMLError } from 'yaml';
import { isExactNumber } from '../../common/text/exact-number.js';
import type { CatalogProblem, LocatedProblem } from './catalog-problem.js';

const hints: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: "an unquoted * starts an alias in YAML. Quote it: '*'.",
  BLOCK_AS_IMPLICIT_KEY: 'quote a text that contains a colon, and check the indentation.',
  DUPLICATE_KEY: 'the key occurs twice. Remove one of them.',
  MULTIPLE_DOCS: 'a catalog is one YAML document. Remove the line "---".',
  TAB_AS_INDENT: 'indent with spaces.',
};

/** A parsed YAML file that finds the line and column of each value. */
export class YamlText {
  /** The syntax problems; empty when the file is valid YAML. */
  readonly problems: readonly LocatedProblem[];
  readonly data: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true, merge: true });
    this.problems = this.#syntaxProblems();
    if (this.problems.length > 0) return;
    this.problems = [...this.#aliasProblems(), ...this.#numberProblems()];
    if (this.problems.length > 0) return;
    try {
      this.data = this.#document.toJS({ reviver: (_, value: unknown) => (typeof value === 'string' ? value.normalize('NFC') : value) });
    } catch (error) {
      this.problems = [{ line: 1, column: 1, message: `the file cannot be read: ${(error as Error).message}.`, hint: 'write the values out instead of using anchors.' }];
    }
  }

  /** Adds line and column to each problem, and sorts the problems by their place. */
  locate(problems: readonly CatalogProblem[]): LocatedProblem[] {
    const found = problems.map(({ path, atKey = false, message, hint }) => ({ ...this.#place(this.#offset(path, atKey)), message, hint }));
    return found.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Returns the first syntax error only, because the errors after it are consequences, and all duplicate keys. */
  #syntaxProblems(): LocatedProblem[] {
    const errors = [...this.#document.errors, ...this.#document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
    return errors
      .filter((error) => error === first || error.code === 'DUPLICATE_KEY')
      .map(({ code, message, pos }) => ({
        ...this.#place(pos[0]),
        message: `invalid YAML: ${message.replace(/; please use .*/, '')}.`,
        hint: hints[code] ?? 'check the indentation, colons and quotes near this line.',
      }));
  }

  #aliasProblems(): LocatedProblem[] {
    const problems: LocatedProblem[] = [];
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document) !== undefined) return;
        problems.push({
          ...this.#place(alias.range?.[0] ?? 0),
          message: `"*${alias.source}" refers to the anchor "&${alias.source}", which is not defined before it.`,
          hint: `a value that starts with * refers to an anchor. Quote it if you mean text: '*${alias.source}'.`,
        });
      },
    });
    return problems;
  }

  /** Finds numbers that parsing has changed, or that another reader would take for others. */
  #numberProblems(): LocatedProblem[] {
    const problems: LocatedProblem[] = [];
    visit(this.#document, {
      Scalar: (_, { value, source = '', range }) => {
        if (typeof value === 'number' && /^[+-]?0\d/.test(source))
          problems.push({
            ...this.#place(range?.[0] ?? 0),
            message: `the number ${source} begins with a zero, which makes it octal for some readers of YAML.`,
            hint: 'write the number without zeros before it, or quote it if you mean text.',
          });
        if (typeof value !== 'number' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(source) || isExactNumber(source, value)) return;
        problems.push({ ...this.#place(range?.[0] ?? 0), message: `the number ${source} exceeds the range or the precision of a double.`, hint: 'write a smaller number.' });
      },
    });
    return problems;
  }

  #place(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** Returns the offset of a path in the text, or of its nearest parent that exists. */
  #offset(path: readonly (string | number)[], atKey: boolean): number {
    for (let length = path.length; length > 0; length -= 1) {
      const parent = this.#at(path.slice(0, length - 1));
      const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path[length - 1])) : undefined;
      const key = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      const value = ((pair?.value ?? this.#at(path.slice(0, length))) as Node | undefined)?.range?.[0];
      const offset = atKey || length < path.length ? (key ?? value) : (value ?? key);
      if (offset !== undefined) return offset;
    }
    return this.#document.contents?.range?.[0] ?? 0;
  }

  #at(path: readonly (string | number)[]): unknown {
    return path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
  }
}
